package command

import (
	"context"
	"reflect"
	"testing"
	"time"
)

func farAway() time.Time { return time.Now().Add(time.Hour) }

func TestStepsShowHowTheLineIsUnderstood(t *testing.T) {
	res := Read(context.Background(), `cd src && sudo rm -rf "$X/lib" *.o`, testEnv())
	var words [][]string
	for _, s := range res.Steps {
		words = append(words, s.Words)
	}
	want := [][]string{{"cd", "src"}, {"sudo", "rm", "-rf", `"$X/lib"`, "*.o"}, {"rm", "-rf", `"$X/lib"`, "*.o"}}
	if !reflect.DeepEqual(words, want) {
		t.Errorf("got  %v\nwant %v", words, want)
	}
	last := res.Steps[len(res.Steps)-1]
	if !reflect.DeepEqual(last.Via, []string{"sudo"}) || last.Cwd != "/home/dev/app/src" || len(last.Effects) != 2 {
		t.Errorf("the last step is %+v", last)
	}
	if res.Cwd != "/home/dev/app/src" {
		t.Errorf("cwd afterwards is %q", res.Cwd)
	}
}

func TestEffectsAreListedOnceInOrder(t *testing.T) {
	res := Read(context.Background(), `rm -rf /srv/a; rm -rf /srv/b; rm -rf /srv/a; (rm -rf /srv/b)`, testEnv())
	if len(res.Effects) != 2 || res.Effects[0].Path != "/srv/a" || res.Effects[1].Path != "/srv/b" {
		t.Errorf("got %s", renderAll(res))
	}
}

func TestTrapsSeeTheLastValues(t *testing.T) {
	runRows(t, testEnv(), []row{
		{`trap 'rm -rf "$d"' EXIT; d=$(mktemp -d)`, w("fs.delete /tmp/tmp.writ"), w("fs.delete +unknown-path")},
		{`trap 'rm -rf "$d"' EXIT; d=/srv/data`, w("fs.delete /srv/data %trap"), nil},
	})
}

func TestUnescape(t *testing.T) {
	for _, c := range []struct {
		in, ansi, echo string
	}{
		{`a\nb\t`, "a\nb\t", "a\nb\t"}, {`\x41\x4a`, "AJ", "AJ"}, {`\101`, "A", "A"}, {`\0101`, "A", "A"}, {`\u00e9\U0001F600`, "é😀", "é😀"},
		{`\\x`, `\x`, `\x`}, {`\q`, `\q`, `\q`}, {`a\cb`, "a\x02", "a"}, {`\'`, `'`, `\'`}, {`\x`, `\x`, `\x`}, {`end\`, `end\`, `end\`},
	} {
		if got := unescape(c.in, escANSI); got != c.ansi {
			t.Errorf("$'%s' = %q, want %q", c.in, got, c.ansi)
		}
		if got := unescape(c.in, escEcho); got != c.echo {
			t.Errorf("echo -e %q = %q, want %q", c.in, got, c.echo)
		}
	}
}

func TestTextPrograms(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`echo a b`, "a b\n"}, {`echo -n a`, "a"}, {`echo -e 'a\tb'`, "a\tb\n"}, {`echo -neE 'a\tb'`, `a\tb`}, {`printf '%s-%s\n' a b c`, "a-b\nc-\n"}, {`printf '%05d|%x' 7 255`, "7|ff"},
		{`printf '%.2s' abc`, "ab"}, {`printf %b 'a\x41'`, "aA"}, {`echo abc | rev`, "cba\n"}, {`echo abc | tr a-c x-z`, "xyz\n"}, {`echo abc | tr -d b`, "ac\n"}, {`echo aGk= | base64 -d`, "hi"},
		{`echo hi | base64 | base64 -d`, "hi\n"}, {`echo 6869 | xxd -r -p`, "hi"}, {`echo a:b:c | cut -d: -f2`, "b\n"}, {`echo abcdef | cut -c2-3`, "bc\n"}, {`printf 'a\nb\nc\n' | head -n 2`, "a\nb\n"},
		{`printf 'a\nb\nc\n' | tail -1`, "c\n"}, {`printf 'a\nb\n' | tac`, "b\na\n"}, {`echo a-b | sed s/-/+/`, "a+b\n"}, {`echo a-b-c | sed 's/-/+/g'`, "a+b+c\n"}, {`seq 3`, "1\n2\n3\n"}, {`seq 2 2 6`, "2\n4\n6\n"},
		{`basename /a/b.c .c`, "b\n"}, {`dirname /a/b`, "/a\n"}, {`cat <<< x`, "x\n"}, {`printf 'b\na\n' | sort`, "a\nb\n"}, {`which go`, "/usr/bin/go\n"}, {`pwd`, "/home/dev/app\n"}, {`echo a; echo b`, "a\nb\n"},
		{`echo hi | openssl enc -base64 | openssl base64 -d`, "hi\n"}, {`echo KRUGS4Y= | base32 -d`, "This"}, {`echo $((6*7)) $((7/2)) $((2**10)) $((5>3?1:2)) $((0x1f)) $((1<<4))`, "42 3 1024 1 31 16\n"},
	} {
		r := &reader{ctx: context.Background(), env: testEnv(), deadline: farAway()}
		sh := &scope{cwd: r.env.Cwd}
		out := r.shellText(sh, c.line, nil)
		if !out.known || out.text != c.want {
			t.Errorf("%s writes %q (known %v), want %q", c.line, out.text, out.known, c.want)
		}
	}
}

func TestParameterOperators(t *testing.T) {
	const set = `x=a/b/c.tar.gz; n=5; e=; A=(one two three); declare -A M=([k]=v); i=x; `
	for expr, want := range map[string]string{
		`$x`: "a/b/c.tar.gz", `${x##*/}`: "c.tar.gz", `${x#*/}`: "b/c.tar.gz", `${x%.*}`: "a/b/c.tar", `${x%%.*}`: "a/b/c", `${x/b/B}`: "a/B/c.tar.gz", `${x//\//-}`: "a-b-c.tar.gz", `${x/#a/Z}`: "Z/b/c.tar.gz",
		`${x/%gz/xz}`: "a/b/c.tar.xz", `${#x}`: "12", `${x:2}`: "b/c.tar.gz", `${x:2:1}`: "b", `${x: -2}`: "gz", `${x^^}`: "A/B/C.TAR.GZ", `${x^}`: "A/b/c.tar.gz", `${e:-d}`: "d", `${e-d}`: "", `${n:+y}`: "y", `${e:+y}`: "",
		`${A[1]}`: "two", `${A[@]}`: "one two three", `${#A[@]}`: "3", `${A[@]:1:2}`: "two three", `${A[-1]}`: "three", `${M[k]}`: "v", `${!i}`: "a/b/c.tar.gz", `$((n+1))`: "6", `$((n++))`: "5", `${x:n:1}`: ".",
	} {
		r := &reader{ctx: context.Background(), env: testEnv(), deadline: farAway()}
		out := r.shellText(&scope{cwd: "/"}, set+`printf '%s' "`+expr+`"`, nil)
		if expr == `${A[@]}` || expr == `${A[@]:1:2}` {
			out = r.shellText(&scope{cwd: "/"}, set+`echo -n `+expr, nil)
		}
		if !out.known || out.text != want {
			t.Errorf("%s = %q (known %v), want %q", expr, out.text, out.known, want)
		}
	}
}

func TestPlainForm(t *testing.T) {
	for in, want := range map[string]string{"rm": "rm", "ｒｍ": "rm", "r\u200bm": "rm", "гm": "rm", "ｃurl": "curl", "—force": "-force", "naïve": "naïve"} {
		if got := plainForm(in); got != want {
			t.Errorf("plainForm(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOpenDocumentsAreReadToTheEnd(t *testing.T) {
	if _, err := parse("cat <<EOF\nhello", farAway()); err != nil {
		t.Error(err)
	}
	if _, err := parse("echo =(x)", farAway()); err != nil {
		t.Errorf("zsh is not read: %v", err)
	}
}
