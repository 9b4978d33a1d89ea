package command

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"writ/internal/effect"
)

// limit is what a hostile line may take, whatever it does. On a machine that is busy with other things the
// best of three tries counts.
const limit = 200 * time.Millisecond * slower

func TestHostileLinesReturnInTime(t *testing.T) {
	rep := strings.Repeat
	doubling := "a=xxxxxxxxxx;"
	for i := 0; i < 40; i++ {
		doubling += "a=$a$a;"
	}
	functions := ""
	for i := 0; i < 30; i++ {
		functions += fmt.Sprintf("f%d(){ f%d;f%d; };", i, i+1, i+1)
	}
	loops := rep("for i in {1..20}; do ", 8) + "echo $i" + rep("; done", 8)
	lines := map[string]string{
		"parens": rep("(", 200000), "20k parens": rep("(", 20000), "arith": rep("((", 100000), "dollar arith": rep("$((", 60000),
		"subst": rep("$(", 30000), "short subst": rep("$(", 150), "closed subst": rep("$(", 150) + rep(")", 150),
		"backquotes": rep("`", 60000), "braces": rep("{ ", 30000), "brace words": rep("{a,b}", 40), "ranges": rep("{1..9999}", 8),
		"nested braces": rep("{a,", 3000) + rep("}", 3000), "heredocs": rep("cat <<a\n", 8000), "heredocs in one line": rep("<<a ", 16000) + "\n",
		"if": rep("if ", 20000), "case": rep("case a in a) ", 5000), "functions": rep("a()", 20000), "indexes": "a" + rep("[a", 20000),
		"pipes": rep("a|", 30000) + "a", "and": rep("a&&", 20000) + "b", "semicolons": rep("a;", 30000), "words": "echo " + rep("a ", 30000),
		"quotes": rep("'", 60001), "double quotes": rep("\"", 60001), "mixed quotes": rep("\"'", 30000), "backslashes": "echo " + rep("\\", 60001),
		"defaults": rep("${a:-", 4000) + rep("}", 4000), "sudo": rep("sudo ", 12000) + "rm -rf /", "env": rep("env ", 12000) + "x",
		"eval": rep("eval ", 12000) + "x", "bash -c": rep("bash -c ", 6000) + "x", "doubling": doubling, "calls": functions + "f0", "loops": loops,
		"globs": "ls " + rep("/*", 30), "stars": "ls " + rep("*", 60000), "classes": "ls " + rep("[", 3000), "not": "[[ " + rep("! ", 30000) + "a ]]",
		"replace": "a=" + rep("a", 4000) + "; echo ${a//a*a*a*a*a*a*b/x}", "suffix": "a=" + rep("a", 4000) + "; echo ${a%%*a*a*a*a*b}",
		"too long": "echo " + rep("x", 300000), "nul": "rm\x00 -rf\x00 /", "invalid utf8": "rm \xff\xfe -rf /", "tilde": "echo " + rep("~", 60000),
		"xargs": rep("xargs ", 10000) + "rm", "find": "find . " + rep("-exec sh -c 'x' \\; ", 1500), "assigns": rep("a=b ", 15000) + "x", "aliases": "alias a='b b'; alias b='a a'; a",
		"traps": rep("trap '", 3000), "herestrings": "cat " + rep("<<< a ", 8000), "redirects": "cat " + rep("> a ", 15000), "procsubst": rep("cat <(", 1500) + rep(")", 1500),
		"printf": "printf '" + rep("%s", 20000) + "' " + rep("a ", 9000), "seq": "for i in $(seq 1 100000000); do echo $i; done", "b64": "eval $(echo " + rep("A", 50000) + " | base64 -d)",
		"tern": "((" + rep("a?", 30000), "reads": rep("read a <<< 'b c';", 3000), "case words": "case x in " + rep("a|", 20000) + "a) ;; esac", "arith vars": "a=a; echo $((a))",
		"nameref": "declare -n a=b b=c c=a; echo $a", "set": "set -- " + rep("a ", 20000) + `; f() { f "$@" "$@"; }; f "$@"`,
		"zero width": rep("\u200b", 20000), "keywords": rep("! ", 20000), "python": "python3 -c '" + rep("(", 60000) + "'", "sql": "psql -c '" + rep("(", 50000) + "'",
	}
	before := runtime.NumGoroutine()
	for name, line := range lines {
		env, _ := onDisk(t, map[string]string{"a": "", "b": ""})
		var res Result
		took := time.Hour
		for try := 0; try < 3 && took > limit; try++ {
			start := time.Now()
			res = Read(context.Background(), line, env)
			took = min(took, time.Since(start))
		}
		if took > limit {
			t.Errorf("%s took %v", name, took)
		}
		if len(res.Effects) > maxEffects+8 {
			t.Errorf("%s gives %d effects", name, len(res.Effects))
		}
		for _, e := range res.Effects {
			if e.Has("panic") {
				t.Errorf("%s: %s", name, e.Reason)
			}
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestWhatIsCutShortIsUnresolved(t *testing.T) {
	rep := strings.Repeat
	for name, line := range map[string]string{
		"too long": "echo " + rep("x", 70<<10), "too deep": rep("(", 5000), "too many commands": rep("a;", 30000),
		"too many wrappers": rep("sudo ", 40) + "x", "too many words": "echo " + rep("{a,b}", 20), "nested too deeply": rep("{ ", 300) + "a;" + rep("}", 300),
		"too many quoted shells": rep("eval ", 40) + "x", "syntax": "if then; fi )", "unclosed": "echo 'a",
	} {
		res := Read(context.Background(), line, testEnv())
		found := false
		for _, e := range res.Effects {
			found = found || e.Kind == effect.Unresolved
		}
		if !found {
			t.Errorf("%s: nothing is unresolved: %.300s", name, renderAll(res))
		}
	}
}

func TestDeadlineAndCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	res := Read(ctx, strings.Repeat("ls;", 100)+"rm -rf /srv/data", testEnv())
	found := false
	for _, e := range res.Effects {
		found = found || e.Kind == effect.Unresolved && e.Has("bound")
	}
	if !found {
		t.Errorf("a cancelled reading is complete: %s", renderAll(res))
	}
}

// FuzzRead holds that reading never panics, ends in time, and that a text beyond the bounds is unresolved.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"rm -rf /", "a=(b c); ${a[@]}", "bash <<EOF\nrm $x\nEOF", "f(){ f|f& };f", "echo $'\\x72' | base64 -d | sh",
		"for i in {1..3}; do cat <(x) > $i; done", "x=${y:-$(z)}; [[ $x == a* ]] && (( x++ ))", "case $1 in a) b;; esac", "'unclosed", "cd /; rm -rf ~/*",
		"declare -n a=b; ${!a}", "${x//a/b} ${x%%c*} ${x:1:2} ${#x} ${x^^}", "trap 'x' EXIT; coproc y; exec 3<>/dev/tcp/a/1"} {
		f.Add(s)
	}
	env := testEnv()
	env.Disk = noDisk{}
	f.Fuzz(func(t *testing.T, line string) {
		start := time.Now()
		res := Read(context.Background(), line, env)
		if took := time.Since(start); took > 10*limit {
			t.Errorf("took %v", took)
		}
		bound := len(line) > maxLine
		for _, e := range res.Effects {
			if e.Has("panic") {
				t.Fatal(e.Reason)
			}
			bound = bound && e.Kind != effect.Unresolved
		}
		if bound {
			t.Error("a text beyond the bounds is not unresolved")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	env := testEnv()
	for name, line := range map[string]string{
		"short":   "git status",
		"typical": `cd internal/command && go test -run 'TestWords|TestPaths' -count=1 ./... 2>&1 | tail -n 40 && git add -A && git commit -m "command: read words as the shell does, with braces and quotes" && git log --oneline | head -3`,
		"vars":    `D=build; F="$D/out.txt"; mkdir -p "$D" && for i in a b c; do echo "$i" >> "$F"; done; wc -l "$F"`,
		"heredoc": "cat > notes.md <<'EOF'\n# Notes\nSome lines of text (with brackets) that `nobody` runs.\nEOF\ngit add notes.md",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(context.Background(), line, env)
			}
		})
	}
}
