package catalog

import "testing"

// A name in two tables would be judged by whichever is merged last.
func TestControlDomainsDoNotOverlap(t *testing.T) {
	seen := map[string]int{}
	for i, d := range controlDomains {
		for name := range d {
			if j, ok := seen[name]; ok {
				t.Errorf("%q stands in the tables %d and %d", name, j, i)
			}
			seen[name] = i
		}
	}
	for i, d := range domains {
		for name := range d {
			if j, ok := seen[name]; ok {
				t.Errorf("%q stands in table %d of the control planes and in domain %d", name, j, i)
			}
		}
	}
}
