package inline

import (
	"strings"

	"writ/internal/effect"
)

func (st sqlStatement) at(i int) string {
	if i < len(st.words) {
		return st.words[i]
	}
	return ""
}

// has tells whether the words stand in the statement in this order, side by side.
func (st sqlStatement) has(phrase string) bool {
	return strings.Contains(" "+strings.Join(st.words, " ")+" ", " "+phrase+" ")
}

func (st sqlStatement) any(names ...string) bool {
	for _, n := range names {
		if st.has(n) {
			return true
		}
	}
	return false
}

// judgeStatement adds what one statement does.
func judgeStatement(out *Outcome, engine string, st sqlStatement) {
	add := func(kind effect.Kind, target string, flags ...string) {
		out.Effects = append(out.Effects, effect.Effect{Kind: kind, Target: engine + ":" + target, Flags: flags})
	}
	switch first := st.at(0); {
	case strings.HasPrefix(first, ".") || strings.HasPrefix(first, `\`):
		clientCommand(out, engine, st)
		return
	case engine == "mysql" && (first == "system" || first == "source"):
		clientCommand(out, engine, sqlStatement{words: append([]string{`\` + first}, st.words[1:]...), raw: `\` + st.raw})
		return
	case first == "begin", first == "start", first == "commit", first == "rollback", first == "savepoint", first == "end", first == "use", first == "go":
		return
	}
	serverReach(out, engine, st)
	head := st.at(0)
	if head == "with" {
		head = afterWith(st)
	}
	if head == "explain" && !st.has("analyze") {
		add(effect.DBRead, "explain")
		return
	}
	if head == "explain" {
		head = afterExplain(st)
	}
	switch head {
	case "drop":
		judgeDrop(st, add)
	case "truncate":
		add(effect.DBDestroy, "truncate")
	case "delete", "update":
		judgeChange(st, head, add)
	case "alter":
		judgeAlter(st, add)
	case "grant", "revoke", "deny":
		judgeGrant(st, head, add)
	case "create", "rename", "comment":
		judgeCreate(st, head, add)
	case "insert", "replace", "merge", "upsert", "load", "import", "copy", "restore", "refresh", "reindex", "vacuum", "analyze", "optimize", "lock", "attach", "detach", "cluster", "backup":
		judgeWrite(st, head, add)
	case "set", "reset", "pragma", "flush", "kill", "shutdown", "purge", "stop", "install", "uninstall", "handler", "exec", "execute", "call", "do", "security", "checkpoint", "reconfigure", "dbcc", "undrop", "declare":
		judgeAdmin(out, engine, st, head, add)
	default:
		judgeRead(st, head, add)
	}
}

// afterWith is the verb behind common table expressions: the last verb outside of brackets.
func afterWith(st sqlStatement) string {
	depth := 0
	for _, w := range st.words[1:] {
		switch w {
		case "(":
			depth++
		case ")":
			depth--
		case "select", "insert", "update", "delete", "merge":
			if depth == 0 {
				return w
			}
		}
	}
	return "select"
}

func afterExplain(st sqlStatement) string {
	for _, w := range st.words[1:] {
		switch w {
		case "select", "insert", "update", "delete", "merge", "drop", "truncate":
			return w
		}
	}
	return "select"
}

type addEffect func(kind effect.Kind, target string, flags ...string)

// judgeDrop: what is dropped is lost; users, roles and policies are a matter of rights too.
func judgeDrop(st sqlStatement, add addEffect) {
	switch object := st.at(1); object {
	case "user", "role", "login", "group", "policy", "server", "credential", "certificate", "owned":
		add(effect.DBAdmin, "drop "+object)
		add(effect.DBDestroy, "drop "+object)
	case "temporary", "temp":
		add(effect.DBWrite, "drop temporary")
	default:
		flags := []string{}
		if object == "database" || object == "schema" || object == "keyspace" {
			flags = append(flags, "all")
		}
		add(effect.DBDestroy, "drop "+object, flags...)
	}
}

// judgeChange: without a condition that can be false, every row goes.
func judgeChange(st sqlStatement, head string, add addEffect) {
	i := indexOf(st.words, "where")
	switch {
	case head == "update" && !st.has("set"):
		add(effect.DBRead, head)
	case i < 0 && !st.has("limit") && !st.any("join"):
		add(effect.DBDestroy, head, "no-where")
	case i >= 0 && alwaysTrue(st.words[i+1:]):
		add(effect.DBDestroy, head, "no-where")
	case head == "update" && st.any("mysql.user", "pg_authid", "authentication_string", "user_attributes"):
		add(effect.DBAdmin, head, "credentials")
	default:
		add(effect.DBWrite, head, "where")
	}
}

func indexOf(ws []string, w string) int {
	for i, x := range ws {
		if x == w {
			return i
		}
	}
	return -1
}

// alwaysTrue: WHERE 1=1, WHERE true, WHERE 'a'='a', WHERE 1.
func alwaysTrue(cond []string) bool {
	s := strings.Join(cond, "")
	for _, t := range []string{"1=1", "true", "1", "'='", "2>1", "1<2", "not false", "0=0"} {
		if s == t || strings.HasPrefix(s, t+"or") || strings.HasSuffix(s, "or"+t) {
			return true
		}
	}
	return false
}

func judgeAlter(st sqlStatement, add addEffect) {
	switch object := st.at(1); {
	case object == "user" || object == "role" || object == "login" || object == "system" || object == "group" || object == "default" || object == "server":
		add(effect.DBAdmin, "alter "+object)
	case st.any("row level security", "owner to"):
		add(effect.DBAdmin, "alter "+object)
	case st.has("drop") && !st.any("drop not", "drop default", "drop constraint", "drop index", "drop identity", "drop expression", "drop foreign"), st.any("truncate partition", "discard tablespace", "modify partition"):
		add(effect.DBDestroy, "alter "+object+" drop")
	case st.any("disable trigger", "disable row"):
		add(effect.DBAdmin, "alter "+object)
	default:
		add(effect.DBWrite, "alter "+object)
	}
}

// judgeGrant: reading rights for one are ordinary; all rights, and rights for everybody, are not.
func judgeGrant(st sqlStatement, head string, add addEffect) {
	flags := []string{}
	if st.any("all", "superuser", "grant option", "admin option", "super", "file", "dba", "db_owner", "sysadmin") {
		flags = append(flags, "all")
	}
	if st.any("public") || hasText(st.strings, "%") {
		flags = append(flags, "public")
	}
	if head == "grant" && st.at(1) == "select" && !st.any("insert", "update", "delete", "public") {
		flags = []string{"read"}
	}
	add(effect.DBAdmin, head, flags...)
}

func hasText(ss []string, t string) bool {
	for _, s := range ss {
		if s == t {
			return true
		}
	}
	return false
}

func judgeCreate(st sqlStatement, head string, add addEffect) {
	ws := st.words
	if len(ws) > 3 && ws[1] == "or" && ws[2] == "replace" {
		ws = append([]string{ws[0]}, ws[3:]...)
	}
	object := ""
	if len(ws) > 1 {
		object = ws[1]
	}
	switch {
	case object == "user" || object == "role" || object == "login" || object == "server" || object == "subscription" || object == "publication" || object == "policy" || object == "credential":
		add(effect.DBAdmin, head+" "+object)
	case object == "extension" || object == "language" || object == "trusted" || object == "assembly":
		add(effect.DBAdmin, head+" "+object, "exec")
	case (object == "function" || object == "procedure" || object == "aggregate") && (st.any("soname", "plpythonu", "plpython3u", "plperlu", "pltclu", "c", "external name", "plsh") || hasText(st.strings, "c")):
		add(effect.DBAdmin, head+" "+object, "exec")
	case object == "event" || object == "trigger":
		add(effect.DBWrite, head+" "+object)
	case head == "rename":
		add(effect.DBWrite, "rename")
	default:
		add(effect.DBWrite, "create "+object, "create")
	}
}

func judgeWrite(st sqlStatement, head string, add addEffect) {
	switch {
	case head == "insert" && st.has("overwrite"):
		add(effect.DBDestroy, "insert overwrite")
	case head == "restore":
		add(effect.DBDestroy, "restore", "restore")
	case head == "copy" && st.has("to") && !st.has("from"):
		add(effect.DBRead, "copy", "dump")
	case head == "insert" && st.any("mysql.user", "pg_authid"):
		add(effect.DBAdmin, "insert", "credentials")
	default:
		add(effect.DBWrite, head)
	}
}

func judgeAdmin(out *Outcome, engine string, st sqlStatement, head string, add addEffect) {
	switch {
	case head == "set" && st.any("global", "persist", "password", "role", "session_replication_role"), head == "reset" && st.any("master", "slave", "replica", "all"), head == "purge", head == "stop", head == "shutdown", head == "install", head == "uninstall", head == "reconfigure", head == "security", head == "kill", head == "change":
		add(effect.DBAdmin, head+" "+st.at(1))
	case head == "pragma" && st.has("writable_schema"):
		add(effect.DBAdmin, "pragma writable_schema")
	case head == "do" || head == "execute" || head == "declare" || head == "exec":
		add(effect.DBWrite, head)
		for _, s := range st.strings {
			if looksSQL(s) || strings.Contains(strings.ToLower(s), "begin") {
				out.Effects = append(out.Effects, readSQL(engine, trimBlock(s)).Effects...)
			}
		}
	case head == "call":
		add(effect.DBWrite, head)
	case head == "flush":
		add(effect.DBWrite, head)
	default:
		add(effect.DBRead, head)
	}
}

// trimBlock drops BEGIN … END around a block's statements.
func trimBlock(s string) string {
	low := strings.ToLower(s)
	if i := strings.Index(low, "begin"); i >= 0 {
		s = s[i+5:]
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "EXECUTE", ""), "execute", "")
}

// judgeRead: reading is reading, wherever the data goes; password tables and metadata are marked.
func judgeRead(st sqlStatement, head string, add addEffect) {
	switch {
	case st.any("pg_shadow", "pg_authid", "mysql.user", "sys.sql_logins", "dba_users", "authentication_string", "passwd", "password_hash"):
		add(effect.DBRead, head, "credentials")
	case st.any("into outfile", "into dumpfile"):
		add(effect.DBRead, head, "file", "dump")
	case head == "select" && st.has("into") && !st.has("strict"):
		add(effect.DBWrite, "select into")
	case st.any("pg_terminate_backend", "pg_cancel_backend", "pg_reload_conf", "pg_switch_wal", "pg_promote", "pg_rotate_logfile"):
		add(effect.DBAdmin, head)
	default:
		add(effect.DBRead, head)
	}
}

// serverReach notes statements that reach out of the database: programs, files and hosts of its server.
func serverReach(out *Outcome, engine string, st sqlStatement) {
	add := func(flag string, what string) {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBAdmin, Target: engine + ":" + what, Flags: []string{flag}})
	}
	for i, w := range st.words {
		switch w {
		case "xp_cmdshell", "sp_oacreate", "xp_regwrite", "sp_execute_external_script", "sys_exec", "sys_eval", "lo_export", "lib_mysqludf_sys", "dbms_scheduler", "dbms_java", "utl_http", "load_extension", "master.xp_cmdshell", "master..xp_cmdshell", "dbo.xp_cmdshell", "master.dbo.xp_cmdshell", "shellexec":
			add("exec", w)
			for _, s := range st.strings {
				if w == "xp_cmdshell" || strings.HasSuffix(w, "xp_cmdshell") || w == "sys_exec" || w == "sys_eval" {
					out.Nested = append(out.Nested, Nested{Kind: KindShell, Text: s, Via: w, Remote: true})
				}
			}
		case "program":
			if st.at(0) == "copy" || st.has("copy") {
				add("exec", "copy program")
				out.Effects = append(out.Effects, effect.Effect{Kind: effect.ExecInline, Target: "COPY PROGRAM", Flags: []string{"shell"}})
				for _, s := range st.strings {
					out.Nested = append(out.Nested, Nested{Kind: KindShell, Text: s, Via: "COPY PROGRAM", Remote: true})
				}
			}
		case "outfile", "dumpfile":
			add("file", "into "+w)
		case "load_file", "pg_read_file", "pg_read_binary_file", "pg_ls_dir", "lo_import", "readfile", "writefile", "edit", "openrowset", "bulk", "pg_file_write", "utl_file", "read_text", "read_blob":
			if i+1 < len(st.words) && st.words[i+1] == "(" || w == "bulk" {
				add("file", w)
				if (w == "readfile" || w == "writefile") && len(st.strings) > 0 {
					kind := effect.FSRead
					if w == "writefile" {
						kind = effect.FSWrite
					}
					out.Effects = append(out.Effects, effect.Effect{Kind: kind, Path: st.strings[0]})
				}
			}
		case "infile":
			add("file", w)
		}
	}
	if st.at(0) == "copy" && !st.has("program") && !st.any("stdin", "stdout") && len(st.strings) > 0 && engine == "postgres" {
		add("file", "copy")
	}
}

// clientCommand judges a client's own commands: \! and .shell run programs, \copy and .import read files.
func clientCommand(out *Outcome, engine string, st sqlStatement) {
	name := strings.ToLower(st.at(0))
	rest := strings.TrimSpace(strings.TrimPrefix(st.raw, st.raw[:min(len(st.at(0)), len(st.raw))]))
	shell := func(text string) {
		out.Nested = append(out.Nested, Nested{Kind: KindShell, Text: text, Via: engine + " " + name})
	}
	file := func(kind effect.Kind, path string) {
		if path != "" {
			out.Effects = append(out.Effects, effect.Effect{Kind: kind, Path: strings.Trim(path, `'"`)})
		}
	}
	switch {
	case name == `\!` || name == ".shell" || name == ".system" || name == `\system`:
		shell(rest)
	case strings.HasPrefix(name, `\!`):
		shell(strings.TrimPrefix(st.raw, `\!`))
	case name == `\copy` || name == `\o` || name == `\g` || name == `\w`:
		if i := strings.Index(strings.ToLower(rest), "program "); i >= 0 {
			shell(strings.Trim(rest[i+8:], `'"; `))
		} else if strings.HasPrefix(rest, "|") {
			shell(rest[1:])
		}
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBRead, Target: engine + ":" + name})
	case name == ".output" || name == ".once" || name == ".backup" || name == ".save" || name == ".log" || name == ".clone":
		if strings.HasPrefix(rest, "|") {
			shell(rest[1:])
		} else {
			file(effect.FSWrite, st.at(len(st.words)-1))
		}
	case name == ".import":
		if cmd, ok := strings.CutPrefix(strings.TrimLeft(rest, `'"`), "|"); ok {
			shell(strings.Trim(cmd, `'"`))
		} else {
			file(effect.FSRead, st.at(1))
		}
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBWrite, Target: engine + ":import"})
	case name == ".read" || name == `\i` || name == `\ir` || name == `\source` || name == `\include` || name == `\.`:
		if strings.HasPrefix(rest, "|") {
			shell(rest[1:])
			return
		}
		out.Nested = append(out.Nested, Nested{Kind: KindScript, Lang: engine, Path: strings.Trim(st.at(1), `'"`), Via: name})
	case name == ".restore":
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBDestroy, Target: engine + ":restore", Flags: []string{"restore"}})
	case name == ".load":
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.ExecInline, Target: ".load", Flags: []string{"native"}})
	case name == ".dump" || name == ".fullschema":
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBRead, Target: engine + ":dump", Flags: []string{"dump"}})
	case name == `\password`:
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBAdmin, Target: engine + ":password"})
	default:
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.DBRead, Target: engine + ":" + name, Flags: []string{"schema"}})
	}
}
