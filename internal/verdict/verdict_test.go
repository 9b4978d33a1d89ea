package verdict

import (
	"encoding/json"
	"testing"
)

func TestZeroDenies(t *testing.T) {
	if (Verdict{}).Effect != Deny {
		t.Fatalf("zero verdict is %v, want deny", (Verdict{}).Effect)
	}
	if got := Combine(); got.Effect != Deny {
		t.Fatalf("no verdicts combine to %v, want deny", got.Effect)
	}
}

func TestCombine(t *testing.T) {
	tests := []struct {
		name string
		in   []Effect
		want Effect
	}{
		{"one allow", []Effect{Allow}, Allow},
		{"abstain stays", []Effect{Abstain, Abstain}, Abstain},
		{"allow over abstain", []Effect{Abstain, Allow}, Allow},
		{"ask over allow", []Effect{Allow, Ask, Abstain}, Ask},
		{"deny over all", []Effect{Allow, Ask, Deny, Abstain}, Deny},
		{"an unknown value denies", []Effect{Allow, Effect(9)}, Deny},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var vs []Verdict
			for _, e := range tt.in {
				vs = append(vs, New(e, "s", "r", "text", ""))
			}
			got := Combine(vs...)
			if got.Effect != tt.want {
				t.Errorf("got %v, want %v", got.Effect, tt.want)
			}
			if len(got.Reasons) != len(tt.in) {
				t.Errorf("got %d reasons, want every one of %d", len(got.Reasons), len(tt.in))
			}
		})
	}
}

func TestRuleIsTheDecidingOne(t *testing.T) {
	v := Combine(New(Allow, "a", "allows", "", ""), New(Ask, "b", "asks", "", ""))
	if v.Rule() != "asks" {
		t.Errorf("got rule %q, want the one that asked", v.Rule())
	}
}

func TestJSON(t *testing.T) {
	for e := Deny; e <= Abstain; e++ {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back Effect
		if err := json.Unmarshal(b, &back); err != nil || back != e {
			t.Errorf("%s read back as %v, %v", b, back, err)
		}
	}
	e := Allow
	if err := json.Unmarshal([]byte(`"permit"`), &e); err == nil || e != Deny {
		t.Errorf("an unknown word gave %v, %v; want deny and an error", e, err)
	}
}

// FuzzCombine holds that one more stage never weakens a verdict, whatever the bytes of the effects.
func FuzzCombine(f *testing.F) {
	f.Add([]byte{2, 3}, byte(1))
	f.Add([]byte{}, byte(2))
	f.Add([]byte{0, 200}, byte(255))
	f.Fuzz(func(t *testing.T, effects []byte, more byte) {
		var vs []Verdict
		for _, e := range effects {
			vs = append(vs, Verdict{Effect: Effect(e)})
		}
		before := Combine(vs...)
		after := Combine(append(vs, Verdict{Effect: Effect(more)})...)
		if len(vs) > 0 && after.Effect > before.Effect {
			t.Errorf("%v and then %d weakened %v to %v", effects, more, before.Effect, after.Effect)
		}
		if after.Effect > Abstain {
			t.Errorf("combined to a value outside the four: %d", after.Effect)
		}
	})
}
