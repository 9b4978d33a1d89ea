package catalog

import (
	"strings"

	"writ/internal/effect"
)

// dumpTool copies a database out; a destination that is a file is written.
func dumpTool(engine string) program {
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], "f file h host u user U username d db D dbname r result-file o out output uri collection c n t gzip-level archive target-dir p port input")
		e := made(c, effect.DBRead, engine+":dump", "dump")
		if l.on("s", "schema-only", "no-data") {
			e.Flags = []string{"schema"}
		}
		e.Host = l.value("h", "host")
		out := one(e)
		if engine == "elasticsearch" && l.says("--output=http") {
			out.Effects[0].Kind = effect.DBWrite
		}
		for _, f := range l.values("f", "file", "r", "result-file", "out", "output", "target-dir", "archive") {
			if f.Text != "" && f.Text != "-" && !byScheme(f.Text) {
				out.path(effect.FSWrite, f)
			}
		}
		return out
	}
}

func pgRestore(c Call) Outcome {
	l := loosely(c.Args[1:], "d dbname h host p port U username f file j jobs n schema t table role")
	switch {
	case l.on("l", "list"), l.has("f", "file") && !l.has("d", "dbname"):
		return one(made(c, effect.DBRead, "postgres:restore list"))
	case l.on("c", "clean", "create", "C"):
		return one(made(c, effect.DBDestroy, "postgres:restore --clean", "restore"))
	}
	return one(made(c, effect.DBWrite, "postgres:restore", "restore"))
}

func mongoRestore(c Call) Outcome {
	l := loosely(c.Args[1:], "uri host port db d collection c file u username p password")
	if l.on("drop") || l.value("mode") == "delete" {
		return one(made(c, effect.DBDestroy, "mongo:restore --drop", "restore"))
	}
	if l.dry() {
		return one(made(c, effect.DBRead, "mongo:restore", "dry-run"))
	}
	return one(made(c, effect.DBWrite, "mongo:restore", "restore"))
}

func pgCtl(c Call) Outcome {
	l := loosely(c.Args[1:], "D pgdata l log m mode o t")
	for _, w := range l.words {
		switch strings.ToLower(w.Text) {
		case "stop", "kill", "restart", "promote":
			return one(made(c, effect.SysService, "postgres", strings.ToLower(w.Text)))
		case "status":
			return one(made(c, effect.DBRead, "postgres:status"))
		}
	}
	return one(made(c, effect.DBWrite, "postgres:ctl"))
}

func pgbench(c Call) Outcome {
	l := loosely(c.Args[1:], "c T j s U h p f")
	if l.on("i", "initialize") {
		return one(made(c, effect.DBDestroy, "postgres:pgbench -i"))
	}
	return one(made(c, effect.DBWrite, "postgres:pgbench"))
}

func mysqladmin(c Call) Outcome {
	l := loosely(c.Args[1:], "h host u user P port S socket i sleep c count")
	for _, w := range l.words {
		switch strings.ToLower(w.Text) {
		case "drop":
			return one(made(c, effect.DBDestroy, "mysql:drop database"))
		case "shutdown", "kill", "flush-privileges", "password", "flush-logs", "start-slave", "stop-slave", "stop-replica", "reload", "refresh", "debug":
			return one(made(c, effect.DBAdmin, "mysql:"+strings.ToLower(w.Text)))
		case "create", "flush-tables", "flush-hosts", "flush-status", "flush-threads":
			return one(made(c, effect.DBWrite, "mysql:"+strings.ToLower(w.Text)))
		}
	}
	return one(made(c, effect.DBRead, "mysql:status"))
}

// etcdctl holds a cluster's state: deleting by prefix empties it.
func etcdctl(c Call) Outcome {
	l := loosely(c.Args[1:], "endpoints user cert key cacert from-key rev")
	switch l.phrase(2) {
	case "snapshot restore", "member remove", "auth disable", "user delete", "role delete", "lease revoke":
		return one(made(c, effect.DBDestroy, "etcd:"+l.phrase(2)))
	case "snapshot save":
		return one(made(c, effect.DBRead, "etcd:snapshot save", "dump"))
	case "user add", "role grant-permission", "user grant-role", "auth enable", "user passwd", "role add":
		return one(made(c, effect.DBAdmin, "etcd:"+l.phrase(2)))
	}
	switch l.word(0) {
	case "del", "rm", "rmdir", "compact", "compaction", "defrag":
		return one(made(c, effect.DBDestroy, "etcd:"+l.word(0), deleteScope(l)...))
	case "put", "set", "txn", "lock", "member", "mk", "update", "move-leader", "elect", "lease":
		return one(made(c, effect.DBWrite, "etcd:"+l.word(0)))
	}
	return one(made(c, effect.DBRead, "etcd:"+l.word(0)))
}

func deleteScope(l line) []string {
	if l.on("prefix", "from-key") {
		return []string{"all"}
	}
	return nil
}

func cockroach(c Call) Outcome {
	l := loosely(c.Args[1:], "e execute host u user url d database f file")
	switch l.word(0) {
	case "sql":
		return sqlClient{lang: "postgres", valued: "e execute host u user url d database f file", text: "e execute", file: "f file", host: "host"}.look(c)
	case "node":
		if l.word(1) == "decommission" || l.word(1) == "drain" {
			return one(made(c, effect.DBDestroy, "cockroach:"+l.phrase(2)))
		}
	case "start", "start-single-node", "init", "cert", "import", "workload", "demo":
		return one(made(c, effect.DBWrite, "cockroach:"+l.word(0)))
	}
	return one(made(c, effect.DBRead, "cockroach:"+l.word(0)))
}

// influx has verbs of a control plane and statements.
func influx(c Call) Outcome {
	l := loosely(c.Args[1:], "execute database host token t org o bucket b")
	if t := l.values("execute"); len(t) > 0 {
		return Outcome{Nested: []Nested{{Kind: NestedSQL, Lang: "sql", Text: t[0], Remote: true, Via: "influx"}}}
	}
	out := service{}.judge(c, l)
	for i := range out.Effects {
		switch out.Effects[i].Kind {
		case effect.CloudDestroy:
			out.Effects[i].Kind = effect.DBDestroy
		case effect.CloudRead:
			out.Effects[i].Kind = effect.DBRead
		}
	}
	return out
}

// dolt is a database with the verbs of a version control system.
func dolt(c Call) Outcome {
	l := loosely(c.Args[1:], "q query b m")
	if l.word(0) == "sql" {
		return sqlClient{lang: "mysql", valued: "q query f file", text: "q query", file: "f file"}.look(c)
	}
	if l.word(0) == "reset" && l.on("hard") || l.word(0) == "branch" && l.on("D", "d") || l.word(0) == "checkout" && len(l.rest) > 0 {
		return one(made(c, effect.DBDestroy, "dolt:"+l.word(0)))
	}
	return one(made(c, effect.DBWrite, "dolt:"+l.word(0)))
}

// sqlWords are statements that people type as if they were commands; the text is judged as SQL.
var sqlWords = func() map[string]program {
	out := map[string]program{}
	for _, w := range strings.Fields("drop delete grant revoke alter insert update select merge vacuum describe explain flushall flushdb") {
		out[w] = bareStatement
	}
	return out
}()

// truncate is a program that empties files, and a statement where TABLE follows.
func truncate(c Call) Outcome {
	if len(c.Args) > 1 && !strings.Contains(plainWords(c.Args), " -") { // the program does nothing without a size
		return bareStatement(c)
	}
	return truncates(c)
}

func bareStatement(c Call) Outcome {
	lang := "sql"
	if strings.HasPrefix(c.Name(), "flush") {
		lang = "redis"
	}
	if len(c.Args) == 1 && lang == "sql" {
		return Outcome{}
	}
	text := joinPlain(c.Args)
	return Outcome{Nested: []Nested{{Kind: NestedSQL, Lang: lang, Text: text, Remote: true, Via: "SQL"}}}
}

func joinPlain(ws []Word) Word {
	out := Word{Known: true}
	for i, w := range ws {
		if i > 0 {
			out.Text += " "
		}
		out.Text += w.Text
		out.Known = out.Known && w.Known
	}
	return out
}
