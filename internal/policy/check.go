package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"writ/internal/effect"
	"writ/internal/level"
	"writ/internal/verdict"
	"writ/internal/zone"
)

// annotationKeys are the annotations that writ understands.
var annotationKeys = []string{"id", "reason", "instead", "effect", "overrides", "profile", "contained"}

// principalNames are the attributes of an agent.
var principalNames = []string{"role", "kind", "type", "parent"}

var ruleID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// checkRule finds everything that is wrong with one rule by itself.
func checkRule(r *Rule) error {
	c := checker{rule: r}
	c.annotations()
	c.layer()
	c.contained()
	tree := (*ast.Policy)(r.policy.AST())
	c.scope(tree)
	for _, cond := range tree.Conditions {
		ast.Inspect(ast.NewNode(cond.Body), func(n ast.IsNode) bool { c.node(n); return true })
	}
	if len(c.errs) == 0 { // the type checker repeats what is above in words that help less
		c.types(tree)
	}
	return errors.Join(c.errs...)
}

type checker struct {
	rule *Rule
	errs []error
}

// fail notes an error at the line of the rule where word stands, or at its first line.
func (c *checker) fail(word, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s:%d: rule %q: %s", c.rule.File, c.line(word), c.rule.ID, fmt.Sprintf(format, args...)))
}

func (c *checker) line(word string) int {
	if i := strings.Index(c.rule.Source, word); i >= 0 && word != "" {
		return c.rule.Line + strings.Count(c.rule.Source[:i], "\n")
	}
	return c.rule.Line
}

func (c *checker) annotations() {
	for key := range c.rule.policy.Annotations() {
		if !slices.Contains(annotationKeys, string(key)) {
			c.fail("@"+string(key), "unknown annotation @%s%s", key, nearest(string(key), annotationKeys))
		}
	}
	if !ruleID.MatchString(c.rule.ID) {
		c.fail("", "want an @id of lower-case letters, digits and hyphens")
	}
	if c.rule.Effect != verdict.Allow && c.rule.Reason == "" {
		c.fail("", "a forbid wants an @reason, because people and agents read it")
	}
	if c.rule.Layer <= Builtin && c.rule.Effect != verdict.Allow && c.rule.Instead == "" {
		c.fail("", "a built-in forbid wants an @instead")
	}
}

func (c *checker) layer() {
	r := c.rule
	if r.Effect != verdict.Allow {
		if len(r.Overrides) > 0 {
			c.fail("@overrides", "@overrides stands on a permit only")
		}
		return
	}
	switch {
	case r.Layer == Repository:
		c.fail("permit", "a repository's policy can only forbid; put a permit into the user's or the organisation's policy")
	case r.Layer == Floor:
		c.fail("permit", "the floor only forbids")
	case r.Layer == Builtin && len(r.Overrides) > 0:
		c.fail("@overrides", "a built-in rule overrides none")
	}
}

// contained holds @contained to asks of those who may decide that a wall answers them.
func (c *checker) contained() {
	switch r := c.rule; {
	case r.Contained == level.Observe:
	case r.Effect != verdict.Ask:
		c.fail("@contained", "@contained stands on an ask only: a denial stays one at every level")
	case r.Layer == Floor:
		c.fail("@contained", "a floor rule asks at every level")
	case r.Layer == Repository:
		c.fail("@contained", "a repository's rule asks at every level, because the agent works on the place it comes from")
	}
}

// scope checks the names in the head of the policy.
func (c *checker) scope(tree *ast.Policy) {
	for _, uid := range scopeEntities(tree.Action) {
		if uid.Type != "Action" {
			c.fail(string(uid.Type), "the action's type is %s, want Action", uid.Type)
		} else if !slices.Contains(actionNames(), string(uid.ID)) {
			c.fail(quote(string(uid.ID)), "unknown action %q%s", uid.ID, nearest(string(uid.ID), actionNames()))
		}
	}
	for _, t := range scopeTypes(tree.Principal) {
		if t != "Agent" {
			c.fail(string(t), "the principal's type is %s, want Agent", t)
		}
	}
	for _, t := range scopeTypes(tree.Resource) {
		if !slices.Contains([]string{"Path", "Host", "Object"}, string(t)) {
			c.fail(string(t), "the resource's type is %s, want Path, Host or Object", t)
		}
	}
}

func scopeEntities(s ast.IsScopeNode) []types.EntityUID {
	switch s := s.(type) {
	case ast.ScopeTypeEq:
		return []types.EntityUID{s.Entity}
	case ast.ScopeTypeIn:
		return []types.EntityUID{s.Entity}
	case ast.ScopeTypeInSet:
		return s.Entities
	}
	return nil
}

func scopeTypes(s ast.IsScopeNode) []types.EntityType {
	switch s := s.(type) {
	case ast.ScopeTypeIs:
		return []types.EntityType{s.Type}
	case ast.ScopeTypeIsIn:
		return []types.EntityType{s.Type, s.Entity.Type}
	}
	var out []types.EntityType
	for _, uid := range scopeEntities(s) {
		out = append(out, uid.Type)
	}
	return out
}

// node checks one piece of a condition.
func (c *checker) node(n ast.IsNode) {
	switch n := n.(type) {
	case ast.NodeTypeAccess:
		c.access(n)
	case ast.NodeTypeHas:
		if v, ok := n.Arg.(ast.NodeTypeVariable); ok {
			c.attribute(string(v.Name), string(n.Value))
		}
	case ast.NodeTypeContains:
		c.words(n.Left, n.Right)
	case ast.NodeTypeContainsAny:
		c.words(n.Left, n.Right)
	case ast.NodeTypeContainsAll:
		c.words(n.Left, n.Right)
	}
}

func (c *checker) access(n ast.NodeTypeAccess) {
	if variable, name, ok := contextAccess(n); ok {
		c.attribute(variable, name)
	}
}

func (c *checker) attribute(variable, name string) {
	known := map[string][]string{"context": contextNames, "principal": principalNames}[variable]
	if known == nil {
		c.fail(variable+".", "%s has no attributes", variable)
	} else if !slices.Contains(known, name) {
		c.fail(variable+"."+name, "unknown attribute %s.%s%s", variable, name, nearest(name, known))
	}
}

// words checks the zones and flags that a set is asked for.
func (c *checker) words(set, asked ast.IsNode) {
	a, ok := set.(ast.NodeTypeAccess)
	if !ok {
		return
	}
	_, name, _ := contextAccess(a)
	known := map[string][]string{"zones": zone.Names(), "flags": effect.Flags()}[name]
	if known == nil {
		return
	}
	ast.Inspect(ast.NewNode(asked), func(n ast.IsNode) bool {
		if v, ok := n.(ast.NodeValue); ok {
			c.word(name, known, v.Value)
		}
		return true
	})
}

func (c *checker) word(name string, known []string, v types.Value) {
	if set, ok := v.(types.Set); ok {
		for item := range set.All() {
			c.word(name, known, item)
		}
	}
	if s, ok := v.(types.String); ok && !slices.Contains(known, string(s)) {
		c.fail(quote(string(s)), "unknown %s %q%s", strings.TrimSuffix(name, "s"), s, nearest(string(s), known))
	}
}

// types runs Cedar's own type checker against the schema.
func (c *checker) types(tree *ast.Policy) {
	if err := validator().Policy(c.rule.ID, tree); err != nil {
		c.fail("", "%v", err)
	}
}

var validator = sync.OnceValue(func() *validate.Validator {
	var s schema.Schema
	s.SetFilename("schema.cedarschema")
	if err := s.UnmarshalCedar([]byte(Schema())); err != nil {
		panic(err) // the schema is part of the program
	}
	resolved, err := s.Resolve()
	if err != nil {
		panic(err)
	}
	return validate.New(resolved)
})

// checkAll finds what is wrong between rules: ids given twice, overrides that name nothing.
func checkAll(rules []*Rule) error {
	var errs []error
	byID := map[string]*Rule{}
	var ids []string
	for _, r := range rules {
		if old := byID[r.ID]; old != nil {
			errs = append(errs, fmt.Errorf("%s:%d: rule %q is already defined at %s:%d", r.File, r.Line, r.ID, old.File, old.Line))
		}
		byID[r.ID] = r
		ids = append(ids, r.ID)
	}
	for _, r := range rules {
		for _, id := range r.Overrides {
			errs = append(errs, checkOverride(r, byID[id], id, ids))
		}
	}
	return errors.Join(errs...)
}

func checkOverride(r, over *Rule, id string, ids []string) error {
	switch {
	case over == nil:
		return fmt.Errorf("%s:%d: rule %q: @overrides names no rule %q%s", r.File, r.Line, r.ID, id, nearest(id, ids))
	case over.Layer == Floor:
		return fmt.Errorf("%s:%d: rule %q: %q is a floor rule, which nothing overrides", r.File, r.Line, r.ID, id)
	case over.Layer >= r.Layer:
		return fmt.Errorf("%s:%d: rule %q: %q is of the %s layer; only rules of an earlier layer can be overridden", r.File, r.Line, r.ID, id, over.Layer)
	}
	return nil
}

// actionNames lists kinds and their groups.
var actionNames = sync.OnceValue(func() []string {
	var out []string
	for _, k := range effect.Kinds() {
		out = append(out, string(k))
		if group, _, ok := strings.Cut(string(k), "."); ok && !slices.Contains(out, group) {
			out = append(out, group)
		}
	}
	return out
})

func quote(s string) string { return `"` + s + `"` }
