package inline

import (
	"strings"

	"writ/internal/effect"
)

// redisKinds are commands by what they do; others that are not listed write.
var redisKinds = redisTable(map[effect.Kind]string{
	effect.DBDestroy: "flushall flushdb unlink-all swapdb migrate-all",
	effect.DBRead:    "get mget exists keys scan hscan sscan zscan hget hgetall hmget hkeys hvals hlen llen lrange lindex smembers sismember scard zrange zrangebyscore zscore zcard zrank type ttl pttl ping echo info time dbsize strlen getrange randomkey xrange xlen xread xinfo bitcount getbit pfcount object dump lolwut role lastsave wait select auth hello subscribe psubscribe monitor-x memory latency command slowlog geopos geodist georadius_ro client-x monitor pubsub quit asking readonly sort_ro touch hexists hstrlen zcount sinter sunion sdiff exec multi discard watch",
	effect.DBAdmin:   "config acl slaveof replicaof shutdown debug module save bgsave bgrewriteaof failover cluster psync sync script function restore client reset",
})

func redisTable(lists map[effect.Kind]string) map[string]effect.Kind {
	out := map[string]effect.Kind{}
	for kind, list := range lists {
		for w := range words(list) {
			out[w] = kind
		}
	}
	return out
}

// readRedis judges one command a line.
func readRedis(code string) Outcome {
	var out Outcome
	for _, line := range strings.Split(code, "\n") {
		if ws := redisWords(line); len(ws) > 0 {
			judgeRedis(&out, ws)
		}
	}
	return out
}

// redisWords splits a line at blanks outside of quotes; a leading number repeats the command.
func redisWords(line string) []string {
	var out []string
	for _, t := range lex(line, syntax{nameExtra: "-", dot: "\x00"}) {
		if t.kind != nl && (len(out) == 0 || t.space || t.kind == str) {
			out = append(out, t.text)
		} else if t.kind != nl {
			out[len(out)-1] += t.text
		}
	}
	if len(out) > 1 && isNumber(out[0]) {
		out = out[1:]
	}
	return out
}

func judgeRedis(out *Outcome, ws []string) {
	name := strings.ToLower(strings.Trim(ws[0], "*$"))
	sub := ""
	if len(ws) > 1 {
		sub = strings.ToLower(ws[1])
	}
	add := func(kind effect.Kind, flags ...string) {
		target := "redis:" + strings.TrimSpace(name)
		out.Effects = append(out.Effects, effect.Effect{Kind: kind, Target: target, Flags: flags})
	}
	kind, known := redisKinds[name]
	switch {
	case name == "config" && (sub == "get" || sub == "resetstat"), name == "acl" && (sub == "list" || sub == "whoami" || sub == "cat"), name == "cluster" && (sub == "info" || sub == "nodes" || sub == "slots"), name == "client" && (sub == "list" || sub == "getname" || sub == "info" || sub == "id" || sub == "setname"), name == "script" && sub != "flush" && sub != "kill" && sub != "load", name == "module" && sub == "list", name == "debug" && sub == "object", name == "function" && (sub == "list" || sub == "stats" || sub == "dump"):
		add(effect.DBRead)
	case name == "config" && sub == "set" && len(ws) > 2 && strings.Contains(" dir dbfilename requirepass protected-mode masterauth save appendonly enable-debug-command ", " "+strings.ToLower(ws[2])+" "):
		add(effect.DBAdmin, "file")
	case name == "module" && sub == "load", name == "debug" && sub == "loadaof":
		add(effect.DBAdmin, "exec")
	case (name == "function" || name == "script" || name == "cluster") && (sub == "flush" || sub == "reset" || sub == "delete"):
		add(effect.DBDestroy)
	case name == "eval" || name == "evalsha" || name == "fcall":
		add(effect.DBWrite, "eval")
		if len(ws) > 1 {
			out.Nested = append(out.Nested, Nested{Kind: KindCode, Lang: "lua", Text: ws[1], Via: "redis EVAL"})
		}
	case (name == "del" || name == "unlink") && len(ws) == 1: // its keys come from elsewhere
		add(effect.DBDestroy, "all")
	case name == "del" || name == "unlink":
		for _, w := range ws[1:] {
			if strings.Contains(w, "*") {
				add(effect.DBDestroy, "all")
				return
			}
		}
		add(effect.DBWrite, "delete", "minor")
	case known:
		add(kind)
	default:
		add(effect.DBWrite)
	}
}

// readMongo reads JavaScript of the mongo shell: the calls of db and rs that destroy or administer.
func readMongo(code string) Outcome {
	d := nodeDialect
	d.calls = mongoCalls
	r := &reader{dialect: d, methods: mongoMethods, vars: map[string]value{}, seen: map[string]bool{}}
	if strings.HasPrefix(strings.TrimSpace(code), "use ") { // the shell's own command
		if i := strings.IndexAny(code, ";\n"); i > 0 {
			code = code[i+1:]
		} else {
			code = ""
		}
	}
	r.run(code)
	if len(r.out.Effects) == 0 && len(r.out.Nested) == 0 {
		r.effect(effect.Effect{Kind: effect.DBRead, Target: "mongo"})
	}
	return r.out
}

var mongoCalls = map[string]action{
	"load": func(r *reader, c call) value {
		r.nested(Nested{Kind: KindScript, Lang: "mongo", Path: c.arg(0).text, Via: "load"})
		return value{}
	},
	"runProgram": runsProgram("runProgram", true), "run": runsProgram("run", true), "runMongoProgram": runsProgram("runMongoProgram", true), "removeFile": deletes(0), "cat": readsFile, "require": imported, "process.exit": returns(value{}), "fs.readFile": nodeRead, "child_process.exec": runsShell("child_process.exec"), "eval": evaluatesArg(0, "eval"),
	"db.getSiblingDB": returns(ref("db")), "db.getCollection": returns(ref("db.collection")), "db.shutdownServer": dbEffect(effect.DBAdmin, "mongo:shutdown"), "db.adminCommand": mongoCommand, "db.runCommand": mongoCommand, "db.fsyncLock": dbEffect(effect.DBAdmin, "mongo:fsync lock"), "db.eval": dbEffect(effect.DBAdmin, "mongo:eval"),
}

var mongoMethods = mongoTable()

func mongoTable() map[string]action {
	out := map[string]action{}
	for kind, list := range map[effect.Kind]string{
		effect.DBDestroy: "dropDatabase drop dropCollection dropIndexes dropAllUsers dropAllRoles dropSearchIndex",
		effect.DBAdmin:   "createUser dropUser updateUser grantRolesToUser createRole dropRole updateRole revokeRolesFromUser changeUserPassword reconfig initiate stepDown addShard removeShard setProfilingLevel remove_member",
		effect.DBWrite:   "insertOne insertMany insert save updateOne replaceOne findOneAndUpdate findOneAndReplace findAndModify deleteOne findOneAndDelete createIndex createCollection renameCollection dropIndex bulkWrite createView",
		effect.DBRead:    "find findOne aggregate countDocuments count distinct stats explain getIndexes listCollections getCollectionNames estimatedDocumentCount serverStatus hello isMaster status",
	} {
		for w := range words(list) {
			out[w] = dbEffect(kind, "mongo:"+strings.ToLower(w))
		}
	}
	for _, name := range []string{"deleteMany", "remove"} {
		out[name] = deletesMany
	}
	out["updateMany"] = mongoUpdate
	out["update"] = mongoUpdate
	return out
}

func mongoUpdate(r *reader, c call) value {
	r.effect(effect.Effect{Kind: effect.DBWrite, Target: "mongo:update", Flags: emptyFilter(c)})
	return value{}
}

func emptyFilter(c call) []string {
	if d := c.arg(0).dict; d != nil && len(d) == 0 {
		return []string{"no-where"}
	}
	return nil
}

func mongoCommand(r *reader, c call) value {
	for name := range c.arg(0).dict {
		switch strings.ToLower(name) {
		case "dropdatabase", "drop", "dropindexes", "dropallusersfromdatabase":
			r.effect(effect.Effect{Kind: effect.DBDestroy, Target: "mongo:" + strings.ToLower(name)})
		case "shutdown", "createuser", "dropuser", "setparameter", "replsetreconfig", "grantrolestouser", "fsync", "killop":
			r.effect(effect.Effect{Kind: effect.DBAdmin, Target: "mongo:" + strings.ToLower(name)})
		}
	}
	return value{}
}

// readCypher judges graph statements: DETACH DELETE and DROP take away.
func readCypher(code string) Outcome {
	var out Outcome
	for _, st := range statements(code, "cypher") {
		kind, target := effect.DBRead, "match"
		switch {
		case st.any("detach delete", "delete") && !st.has("where") && !st.has("{"), st.any("drop database", "drop index", "drop constraint"), st.at(0) == "drop":
			kind, target = effect.DBDestroy, "delete"
		case st.any("create user", "alter user", "grant", "revoke", "drop user", "create role"):
			kind, target = effect.DBAdmin, "admin"
		case st.any("apoc.load.json", "load csv", "apoc.cypher.runfile", "dbms.security"):
			kind, target = effect.DBAdmin, "reach"
		case st.any("create", "merge", "set", "remove", "delete"):
			kind, target = effect.DBWrite, "write"
		}
		out.Effects = append(out.Effects, effect.Effect{Kind: kind, Target: "cypher:" + target})
	}
	return out
}
