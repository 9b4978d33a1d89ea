package policy

import "testing"

func TestBuiltinLoads(t *testing.T) {
	e, err := Load(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(e.rules), "rules")
}
