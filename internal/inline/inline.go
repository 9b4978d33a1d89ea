// Package inline reads program text that stands in a command (python -c, node -e, perl -e, an awk program,
// a database statement) and says what it would do: effects with raw paths as written, and nested pieces
// (a shell line given to os.system, an argv given to subprocess.run, more code given to eval) for the
// command reader to follow. It is a pure function over text: it runs nothing and reads no disk.
//
// It does not parse whole languages. It splits the text into words, strings and signs, follows the values
// of literals, and looks up the names of the calls it meets; so a comment or a string that only mentions a
// call counts for nothing, and code that only computes and prints has no effects at all.
package inline

import (
	"strings"

	"writ/internal/effect"
)

// Kind says how a nested piece is to be read.
type Kind string

// Kinds of nested pieces. The words are those of catalog.NestedKind.
const (
	KindShell  Kind = "shell"  // Text is a shell line
	KindArgv   Kind = "argv"   // Args is one simple command
	KindCode   Kind = "code"   // Text is code in Lang
	KindScript Kind = "script" // Path is a file of code in Lang that is run or imported
)

// Nested is something that the code runs or interprets.
type Nested struct {
	Kind Kind
	Lang string
	Text string
	Path string
	Args []Arg
	// Via is the call in words a person reads: "os.system", "child_process.exec".
	Via string
	// Remote is true when it runs on another machine: paths are not this machine's.
	Remote bool
}

// Arg is one word of a nested argv; Known is false when it is computed and Text holds what is known of it.
type Arg struct {
	Text  string
	Known bool
}

// Outcome is what the code would do.
type Outcome struct {
	// Effects carry raw paths as written; the reader resolves them and adds zones. An effect on a path that
	// is computed has an empty Path and the flag "computed".
	Effects []effect.Effect
	Nested  []Nested
	// Unresolved are the reasons why a part of the code cannot be known before it runs: each is one
	// effect.Unresolved for the reader to add. Empty for code that is understood or harmless.
	Unresolved []string
}

// maxCode bounds the text that is looked at; what is longer is unresolved.
const maxCode = 256 << 10

// Read says what the code would do. Known languages are python, node (js, javascript, ts, typescript, deno,
// bun), perl, ruby, php, awk, lua, osascript (applescript, jxa), powershell (pwsh), r, and the databases
// postgres, mysql, sqlite, mssql, oracle, sql, redis, mongo, cql, clickhouse, duckdb, cypher. Code in another
// language is unresolved.
func Read(lang, code string) Outcome {
	if len(code) > maxCode {
		return Outcome{Unresolved: []string{"the code is longer than writ reads"}}
	}
	read, ok := languages[Canonical(lang)]
	if !ok && others[Canonical(lang)] {
		return readOther(lang, code)
	}
	if !ok {
		return Outcome{Unresolved: []string{"code in a language that writ does not read: " + lang}}
	}
	return read(code)
}

// Canonical maps a program or dialect name (python3.12, nodejs, psql) to the name of the language that Read
// knows; an unknown name is returned lower-cased.
func Canonical(lang string) string {
	l := strings.ToLower(lang)
	if c, ok := aliases[l]; ok {
		return c
	}
	base := strings.TrimRight(l, "0123456789.")
	if c, ok := aliases[base]; ok {
		return c
	}
	return l
}

var aliases = map[string]string{
	"python": "python", "py": "python", "pypy": "python", "ipython": "python", "jython": "python", "micropython": "python", "pythonw": "python",
	"node": "node", "nodejs": "node", "js": "node", "javascript": "node", "ts": "node", "typescript": "node", "deno": "node", "bun": "node", "tsx": "node", "ts-node": "node",
	"perl": "perl", "raku": "perl",
	"ruby": "ruby", "irb": "ruby", "jruby": "ruby",
	"php": "php", "awk": "awk", "gawk": "awk", "mawk": "awk", "nawk": "awk",
	"lua": "lua", "luajit": "lua", "r": "r", "rscript": "r",
	"osascript": "osascript", "applescript": "osascript", "jxa": "jxa",
	"powershell": "powershell", "pwsh": "powershell",
	"postgres": "postgres", "postgresql": "postgres", "psql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite", "sqlite3": "sqlite",
	"mssql": "mssql", "oracle": "oracle", "sql": "sql", "redis": "redis", "mongo": "mongo", "mongosh": "mongo", "mongodb": "mongo",
	"cql": "sql", "cassandra": "sql", "clickhouse": "sql", "duckdb": "sqlite", "cypher": "cypher", "bigquery": "sql", "snowflake": "sql",
}

var languages = map[string]func(string) Outcome{
	"python": readPython, "node": readNode, "perl": readPerl, "ruby": readRuby, "php": readPHP, "lua": readLua, "awk": readAwk, "r": readR,
	"osascript": readAppleScript, "jxa": readNode, "powershell": readPowerShell,
	"postgres": sqlReader("postgres"), "mysql": sqlReader("mysql"), "sqlite": sqlReader("sqlite"), "mssql": sqlReader("mssql"), "oracle": sqlReader("oracle"), "sql": sqlReader("sql"),
	"redis": readRedis, "mongo": readMongo, "cypher": readCypher,
}
