package verb

import (
	"strings"
	"testing"
)

func TestOperation(t *testing.T) {
	for _, c := range []struct {
		op   string
		want Class
	}{
		{"delete-db-instance", Destroy}, {"deleteIndex", Destroy}, {"batch_delete_image", Destroy}, {"describe-instances", Read}, {"list_buckets", Read},
		{"create-bucket", Create}, {"put-bucket-policy", Grant}, {"get-secret-value", Secret}, {"delete-trail", Off}, {"get-bucket-policy", Read},
		{"updateItem", Change}, {"stop-instances", Disrupt}, {"create-access-key", Secret}, {"frobnicate", Unknown}, {"", Unknown},
	} {
		if got := Operation(c.op); got != c.want {
			t.Errorf("Operation(%q) = %d, want %d", c.op, got, c.want)
		}
	}
}

// A word in two lists would be whichever list comes last.
func TestWordsStandInOneList(t *testing.T) {
	seen := map[string]bool{}
	for _, list := range lists {
		for _, w := range strings.Fields(list) {
			if seen[w] {
				t.Errorf("%q stands twice", w)
			}
			seen[w] = true
		}
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{"delete-db-instance": "delete db instance", "apps:destroy": "apps destroy", "dropIndex": "drop index", "kv.key_get": "kv key get", "IAMRole": "iamrole"} {
		if got := strings.Join(Split(in), " "); got != want {
			t.Errorf("Split(%q) = %q, want %q", in, got, want)
		}
	}
}
