package catalog

import (
	"strings"

	"writ/internal/effect"
)

// dbPrograms are clients, dumpers and administrators of databases.
var dbPrograms = map[string]program{
	"psql":  sqlClient{lang: "postgres", valued: "c command f file d dbname h host p port U username v set variable o output L log-file F P T R", text: "c command", file: "f file", host: "h host"}.look,
	"pgcli": sqlClient{lang: "postgres", valued: "h host p port U username u d dbname", host: "h host"}.look, "usql": sqlClient{lang: "postgres", valued: "c command f file", text: "c command", file: "f file"}.look,
	"mysql": mysqlClient.look, "mariadb": mysqlClient.look, "mycli": mysqlClient.look, "mysqlsh": mysqlClient.look,
	"sqlite3": sqlite, "sqlite": sqlite, "litecli": sqlite, "sqlcipher": sqlite, "libsql": sqlite, "duckdb": sqlite,
	"sqlcmd": sqlClient{lang: "mssql", valued: "S U P d Q q i o", text: "Q q", file: "i", host: "S"}.look, "osql": sqlClient{lang: "mssql", valued: "S U P d Q q i o", text: "Q q", file: "i", host: "S"}.look, "mssql-cli": sqlClient{lang: "mssql", valued: "S U P d Q i", text: "Q", file: "i", host: "S"}.look, "bcp": dumpTool("mssql"),
	"clickhouse-client": clickhouse.look, "clickhouse": clickhouse.look, "cqlsh": sqlClient{lang: "cassandra", valued: "e execute f file k keyspace u p username password", text: "e execute", file: "f file"}.look,
	"snowsql": sqlClient{lang: "snowflake", valued: "q query f filename a accountname u username d dbname s schemaname r rolename w warehouse c connection o", text: "q query", file: "f filename"}.look,
	"sqlplus": sqlClient{lang: "oracle", valued: "c m r"}.look, "isql": sqlClient{lang: "sql", valued: "i u p"}.look, "beeline": hiveClient.look, "hive": hiveClient.look, "presto": hiveClient.look, "trino": hiveClient.look, "impala-shell": sqlClient{lang: "sql", valued: "q query f i", text: "q query", file: "f"}.look, "spark-sql": hiveClient.look,
	"cypher-shell": sqlClient{lang: "cypher", valued: "u username p password a address d database f file format", text: "", file: "f file", bare: true, host: "a address"}.look,
	"cockroach":    cockroach, "influx": influx, "surreal": sqlClient{lang: "sql", valued: "e endpoint conn u p ns db"}.look, "questdb": sqlClient{lang: "sql"}.look, "steampipe": sqlClient{lang: "sql", skip: "query", bare: true}.look, "arangosh": mongoClient("server.endpoint server.username server.password javascript.execute-string"), "cbq": sqlClient{lang: "sql", valued: "e u p s script", text: "s script"}.look, "dolt": dolt, "ysqlsh": sqlClient{lang: "postgres", valued: "c f d h U", text: "c", file: "f", host: "h"}.look, "vsql": sqlClient{lang: "postgres", valued: "c f d h U w", text: "c", file: "f", host: "h"}.look, "nzsql": sqlClient{lang: "postgres", valued: "c f d h u", text: "c", file: "f"}.look, "osqueryi": sqlClient{lang: "sqlite", bare: true}.look, "textql": sqlClient{lang: "sqlite", valued: "sql", text: "sql"}.look,
	"redis-cli": redisCLI, "valkey-cli": redisCLI, "keydb-cli": redisCLI, "dragonfly-cli": redisCLI, "iredis": redisCLI,
	"mongo": mongoClient(mongoValued), "mongosh": mongoClient(mongoValued),
	"mysqladmin": mysqladmin, "mariadb-admin": mysqladmin, "mysqldump": dumpTool("mysql"), "mariadb-dump": dumpTool("mysql"), "mysqlpump": dumpTool("mysql"), "mydumper": dumpTool("mysql"), "xtrabackup": dumpTool("mysql"), "mariabackup": dumpTool("mysql"), "mysqlimport": dbFixed(effect.DBWrite, "mysql:import"), "mysqlcheck": dbFixed(effect.DBRead, "mysql:check"), "mysqlshow": dbFixed(effect.DBRead, "mysql:show"), "mysql_secure_installation": dbFixed(effect.DBAdmin, "mysql:secure"), "mysql_upgrade": dbFixed(effect.DBAdmin, "mysql:upgrade"), "myloader": dbFixed(effect.DBWrite, "mysql:restore", "restore"),
	"pg_dump": dumpTool("postgres"), "pg_dumpall": dumpTool("postgres"), "pg_basebackup": dumpTool("postgres"), "pg_restore": pgRestore, "dropdb": dbFixed(effect.DBDestroy, "postgres:drop database"), "dropuser": dbFixed(effect.DBAdmin, "postgres:drop user"), "createdb": dbFixed(effect.DBWrite, "postgres:create database"), "createuser": dbFixed(effect.DBAdmin, "postgres:create user"),
	"vacuumdb": dbFixed(effect.DBWrite, "postgres:vacuum"), "reindexdb": dbFixed(effect.DBWrite, "postgres:reindex"), "clusterdb": dbFixed(effect.DBWrite, "postgres:cluster"), "pg_isready": dbFixed(effect.DBRead, "postgres:ready"), "pg_resetwal": dbFixed(effect.DBDestroy, "postgres:reset wal"), "pg_dropcluster": dbFixed(effect.DBDestroy, "postgres:drop cluster"), "pg_createcluster": dbFixed(effect.DBWrite, "postgres:create cluster"), "initdb": dbFixed(effect.DBWrite, "postgres:init"), "pg_ctl": pgCtl, "pg_ctlcluster": pgCtl, "pg_rewind": dbFixed(effect.DBDestroy, "postgres:rewind"), "pg_upgrade": dbFixed(effect.DBAdmin, "postgres:upgrade"), "pg_repack": dbFixed(effect.DBWrite, "postgres:repack"), "pgbench": pgbench, "pg_archivecleanup": dbFixed(effect.DBDestroy, "postgres:archive cleanup"), "pgloader": dbFixed(effect.DBWrite, "postgres:load"),
	"mongodump": dumpTool("mongo"), "mongoexport": dumpTool("mongo"), "bsondump": dbFixed(effect.DBRead, "mongo:bson"), "mongorestore": mongoRestore, "mongoimport": mongoRestore, "mongostat": dbFixed(effect.DBRead, "mongo:stat"), "mongotop": dbFixed(effect.DBRead, "mongo:top"), "mongofiles": verbDB("mongo", "list search get", "put", "delete delete_id"),
	"etcdctl": etcdctl, "etcdutl": etcdctl, "neo4j-admin": verbDB("neo4j", "dump backup report check-consistency memrec", "import load restore set-initial-password", "unbind delete"), "nodetool": verbDB("cassandra", "status info ring tpstats cfstats tablestats netstats describecluster compactionstats gossipinfo version getendpoints proxyhistograms", "repair flush compact snapshot scrub upgradesstables enablegossip", "decommission removenode drain assassinate stopdaemon clearsnapshot truncatehints cleanup disablegossip disablebinary disablebackup"), "sstableloader": dbFixed(effect.DBWrite, "cassandra:load"), "couchbase-cli": verbDB("couchbase", "server-list server-info bucket-list host-list user-list", "bucket-create bucket-edit server-add rebalance setting-cluster", "bucket-delete bucket-flush failover"), "cbbackupmgr": verbDB("couchbase", "info list examine", "backup config restore", "remove merge"), "riak-admin": verbDB("riak", "status ringready member-status", "join cluster", "force-remove leave force-replace"), "rethinkdb": verbDB("rethinkdb", "dump export index-rebuild", "import restore serve", ""), "aerospike": verbDB("aerospike", "info show", "", "truncate"), "aql": sqlClient{lang: "sql", valued: "c h p", text: "c"}.look, "asadm": verbDB("aerospike", "info show summary", "manage", ""), "memcached-tool": verbDB("memcached", "stats display dump keys settings sizes", "", "flush"), "memcflush": dbFixed(effect.DBDestroy, "memcached:flush"), "memcrm": dbFixed(effect.DBWrite, "memcached:rm"), "curator_cli": verbDB("elasticsearch", "show-indices show-snapshots show_indices", "snapshot allocation open alias forcemerge", "delete-indices delete-snapshots close delete_indices delete_snapshots restore"), "elasticdump": dumpTool("elasticsearch"), "dynamodump": dumpTool("dynamo"), "pg_dumpbinary": dumpTool("postgres"),
}

// dbFixed is a tool that does one thing.
func dbFixed(kind effect.Kind, target string, flags ...string) program {
	return func(c Call) Outcome { return one(made(c, kind, target, flags...)) }
}

// verbDB is an administrator's tool described by lists of its commands.
func verbDB(engine, read, write, destroy string) program {
	table := map[string]effect.Kind{}
	for kind, list := range map[effect.Kind]string{effect.DBRead: read, effect.DBWrite: write, effect.DBDestroy: destroy} {
		for _, v := range strings.Fields(list) {
			table[v] = kind
		}
	}
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], "h host p port u user username password d db collection c cluster config")
		for _, w := range l.words {
			if kind, ok := table[strings.ToLower(w.Text)]; ok {
				return one(made(c, kind, engine+":"+strings.ToLower(w.Text)))
			}
		}
		return one(made(c, effect.DBRead, engine))
	}
}

// sqlClient describes a client that takes SQL as an option, in a file, as a word or on standard input.
type sqlClient struct {
	lang, valued, text, file, host, skip string
	bare                                 bool // words are SQL too
}

var mysqlClient = sqlClient{lang: "mysql", valued: "e execute h host u user P port D database S socket defaults-file default-character-set sql f file protocol init-command", text: "e execute sql init-command", file: "f file", host: "h host"}

var clickhouse = sqlClient{lang: "clickhouse", valued: "q query h host u user password d database queries-file port format", text: "q query", file: "queries-file", host: "h host"}

var hiveClient = sqlClient{lang: "sql", valued: "e f u n p d execute file server catalog schema i", text: "e execute", file: "f file"}

// look follows the statements; a client without any opens a session.
func (s sqlClient) look(c Call) Outcome {
	l := loosely(c.Args[1:], s.valued)
	out := Outcome{}
	host := l.value(strings.Fields(s.host)...)
	if host == "" {
		host = urlHost(l.words)
	}
	for _, t := range l.values(strings.Fields(s.text)...) {
		out.Nested = append(out.Nested, Nested{Kind: NestedSQL, Lang: s.lang, Text: t, Remote: true, Via: c.Name()})
	}
	for _, f := range l.values(strings.Fields(s.file)...) {
		if f.Text != "" && f.Text != "-" && c.Name() != "mysql" && c.Name() != "mariadb" {
			out.Nested = append(out.Nested, Nested{Kind: NestedScript, Lang: s.lang, Path: f, Via: c.Name()})
		}
	}
	if s.bare {
		out.Nested = append(out.Nested, bareSQL(s, l, c)...)
	}
	if out.Nested == nil {
		out.Nested = stdinSQL(c, s.lang)
	}
	if out.Nested == nil && c.Stdin != nil && c.Stdin.From != "" && c.Stdin.From != "file" {
		out.add(effect.Unresolved, s.lang)
		out.Effects[0].Reason = "the statements come from " + c.Stdin.From
	}
	if len(out.Nested) == 0 && len(out.Effects) == 0 {
		out.Effects = []effect.Effect{{Kind: effect.DBRead, Target: s.lang, Host: host, Flags: []string{"session"}}}
	}
	return out
}

func bareSQL(s sqlClient, l line, c Call) []Nested {
	var out []Nested
	for _, w := range l.words {
		if w.Text != s.skip && strings.ContainsAny(w.Text, " (") {
			out = append(out, Nested{Kind: NestedSQL, Lang: s.lang, Text: w, Remote: true, Via: c.Name()})
		}
	}
	return out
}

// stdinSQL is what stands on standard input, when the line tells: text, or a file.
func stdinSQL(c Call, lang string) []Nested {
	switch {
	case c.Stdin == nil:
		return nil
	case c.Stdin.Known:
		return []Nested{{Kind: NestedSQL, Lang: lang, Text: known(c.Stdin.Text), Remote: true, Via: c.Name()}}
	case c.Stdin.From == "file" && c.Stdin.Path != "":
		return []Nested{{Kind: NestedScript, Lang: lang, Path: known(c.Stdin.Path), Via: c.Name()}}
	}
	return nil
}

// urlHost finds the host in a connection string among the words.
func urlHost(ws []Word) string {
	for _, w := range ws {
		if _, rest, ok := strings.Cut(w.Text, "://"); ok {
			rest, _, _ = strings.Cut(rest, "/")
			if i := strings.LastIndexByte(rest, '@'); i >= 0 {
				rest = rest[i+1:]
			}
			host, _, _ := strings.Cut(rest, ":")
			return host
		}
	}
	return ""
}

// sqlite works on a file: statements are judged, and the file is read or written by them.
func sqlite(c Call) Outcome {
	l := loosely(c.Args[1:], "cmd init separator nullvalue newline c s f k key")
	out := Outcome{}
	for _, t := range l.values("cmd", "c", "s") {
		if t.Text != "" {
			out.Nested = append(out.Nested, Nested{Kind: NestedSQL, Lang: "sqlite", Text: t, Via: c.Name()})
		}
	}
	for _, w := range l.from(1) {
		out.Nested = append(out.Nested, Nested{Kind: NestedSQL, Lang: "sqlite", Text: w, Via: c.Name()})
	}
	for _, f := range l.values("init", "f") {
		if f.Text != "" {
			out.Nested = append(out.Nested, Nested{Kind: NestedScript, Lang: "sqlite", Path: f, Via: c.Name()})
		}
	}
	if out.Nested == nil {
		out.Nested = stdinSQL(c, "sqlite")
	}
	if len(l.words) > 0 && l.words[0].Text != ":memory:" {
		out.path(effect.FSRead, l.words[0], "database")
	}
	return out
}

const mongoValued = "eval host port u username p password authenticationDatabase f file db"

// mongoClient is a shell that evaluates JavaScript.
func mongoClient(valued string) program {
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], valued)
		out := Outcome{}
		for _, t := range l.values("eval", "javascript.execute-string") {
			out.Nested = append(out.Nested, Nested{Kind: NestedSQL, Lang: "mongo", Text: t, Remote: true, Via: c.Name()})
		}
		for _, w := range append(l.words, l.values("f", "file")...) {
			if strings.HasSuffix(w.Text, ".js") {
				out.Nested = append(out.Nested, Nested{Kind: NestedScript, Lang: "mongo", Path: w, Via: c.Name()})
			}
		}
		if out.Nested == nil {
			out.Nested = stdinSQL(c, "mongo")
		}
		if out.Nested == nil {
			out.Effects = []effect.Effect{{Kind: effect.DBRead, Target: "mongo", Host: urlHost(l.words), Flags: []string{"session"}}}
		}
		return out
	}
}

// redisCLI sends the words as one command, or the lines of standard input.
func redisCLI(c Call) Outcome {
	const valued = "h p a u n s r i D user pass eval d cacert cert key"
	_, rest := beforeOperand(c.Args[1:], valued)
	l := loosely(c.Args[1:], valued)
	out := Outcome{}
	switch {
	case l.has("eval"):
		out.Nested = []Nested{{Kind: NestedScript, Lang: "lua", Path: lastWord(l.values("eval")), Via: "redis-cli --eval"}}
	case l.on("bigkeys", "memkeys", "hotkeys", "scan", "stat", "latency", "latency-history", "monitor"):
		return one(made(c, effect.DBRead, "redis"))
	case l.has("rdb", "functions-rdb"):
		return one(made(c, effect.DBRead, "redis:dump", "dump"))
	case l.has("cluster"):
		return one(made(c, effect.DBAdmin, "redis:cluster"))
	case len(rest) > 0:
		out.Nested = []Nested{{Kind: NestedSQL, Lang: "redis", Text: commandText(rest), Remote: true, Via: c.Name()}}
	default:
		out.Nested = stdinSQL(c, "redis")
	}
	if out.Nested == nil {
		if c.Stdin != nil && c.Stdin.From != "" && c.Stdin.From != "file" {
			return one(unresolved(c, "the commands come from "+c.Stdin.From))
		}
		return one(made(c, effect.DBRead, "redis", "session"))
	}
	return out
}

// commandText puts words into one text, each with spaces in quotes.
func commandText(ws []Word) Word {
	out := Word{Known: true}
	for i, w := range ws {
		if i > 0 {
			out.Text += " "
		}
		t := w.Text
		if strings.ContainsAny(t, " \t\"") {
			t = `"` + strings.ReplaceAll(t, `"`, `\"`) + `"`
		}
		out.Text += t
		out.Known = out.Known && w.Known
	}
	return out
}
