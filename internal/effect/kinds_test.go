package effect

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// A kind that is declared and not listed could never be named in a policy.
func TestKindsListsEveryDeclaration(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "effect.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Kind" {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, Kind(word))
		}
		return true
	})
	if len(declared) < 60 || !slices.Equal(declared, Kinds()) {
		t.Errorf("declared %d kinds %v\nlisted %v", len(declared), declared, Kinds())
	}
}
