package policy

import "testing"

// The built-in rules are not validated at every start, so this is where they are.
func TestBuiltinIsValid(t *testing.T) {
	rules, err := readEmbedded(Parse)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkAll(rules); err != nil {
		t.Fatal(err)
	}
	if len(rules) < 60 {
		t.Errorf("%d built-in rules, want all of them", len(rules))
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
