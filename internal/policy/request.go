package policy

import (
	"strconv"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"writ/internal/effect"
	"writ/internal/event"
)

// attributes is a set of context attributes that rules look at; only these are computed.
type attributes uint32

// contextNames lists the attributes of the context; the schema gives their types.
var contextNames = []string{"zones", "flags", "via", "path", "target", "host", "port", "scheme", "method", "tool", "task", "mode", "words"}

const (
	needZones attributes = 1 << iota
	needFlags
	needVia
	needPath
	needTarget
	needHost
	needPort
	needScheme
	needMethod
	needTool
	needTask
	needMode
	needWords
	needResource
)

// attributesOf finds what a policy looks at.
func attributesOf(p *cedar.Policy) attributes {
	var need attributes
	tree := (*ast.Policy)(p.AST())
	if _, all := tree.Resource.(ast.ScopeTypeAll); !all {
		need |= needResource
	}
	for _, c := range tree.Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			switch n := n.(type) {
			case ast.NodeTypeAccess:
				if _, name, ok := contextAccess(n); ok {
					need |= attribute(name)
				}
			case ast.NodeTypeVariable:
				if n.Name == "resource" {
					need |= needResource
				}
			}
			return true
		})
	}
	return need
}

// contextAccess reads VARIABLE.name.
func contextAccess(n ast.NodeTypeAccess) (variable, name string, ok bool) {
	v, ok := n.Arg.(ast.NodeTypeVariable)
	return string(v.Name), string(n.Value), ok
}

func attribute(name string) attributes {
	for i, n := range contextNames {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

const maxWords = 64 // words of a call that a policy can look at

// request makes the Cedar request for one effect.
func request(j *judgement, e *effect.Effect, need attributes) cedar.Request {
	ctx := make(types.RecordMap, 6)
	for i, name := range contextNames {
		if bit := attributes(1 << i); need&bit != 0 {
			ctx[types.String(name)] = value(j, e, bit)
		}
	}
	req := cedar.Request{Principal: j.principal.UID, Action: actionUIDs[e.Kind], Context: types.NewRecord(ctx), Resource: anyObject}
	if need&needResource != 0 {
		req.Resource = resourceOf(e)
	}
	return req
}

func value(j *judgement, e *effect.Effect, bit attributes) types.Value {
	switch bit {
	case needZones:
		return stringSet(e.Zones)
	case needFlags:
		return stringSet(e.Flags)
	case needVia:
		return stringSet(e.Via)
	case needPath:
		return types.String(e.Path)
	case needTarget:
		return types.String(e.Target)
	case needHost:
		return types.String(e.Host)
	case needPort:
		return types.Long(e.Port)
	case needScheme:
		return types.String(e.Scheme)
	case needMethod:
		return types.String(e.Method)
	case needTool:
		return types.String(j.event.Event.Tool)
	case needTask:
		return types.String(j.event.Event.Task)
	case needMode:
		return types.String(j.event.Event.Mode)
	default:
		return stringSet(e.Words[:min(len(e.Words), maxWords)])
	}
}

func stringSet(words []string) types.Set {
	values := make([]types.Value, len(words))
	for i, w := range words {
		values[i] = types.String(w)
	}
	return types.NewSet(values...)
}

// signature is equal for effects that every rule judges alike, so that each is judged once. It holds all
// that any rule of the kind looks at, and the object, which reasons name.
func signature(e *effect.Effect, rel *relevant) string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	for _, list := range [...][]string{e.Zones, e.Flags, e.Via} {
		b.WriteByte(0)
		for _, w := range list {
			b.WriteString(w)
			b.WriteByte(1)
		}
	}
	for _, s := range [...]string{e.Path, e.Host, e.Target, e.Scheme, e.Method, e.Reason} {
		b.WriteByte(0)
		b.WriteString(s)
	}
	b.WriteByte(0)
	b.WriteString(strconv.Itoa(e.Port))
	if rel != nil && rel.needs&needWords != 0 {
		b.WriteString(strings.Join(e.Words, "\x00"))
	}
	return b.String()
}

// actionUIDs holds the action of each kind.
var actionUIDs = func() map[effect.Kind]types.EntityUID {
	out := map[effect.Kind]types.EntityUID{}
	for _, k := range effect.Kinds() {
		out[k] = types.NewEntityUID("Action", types.String(k))
	}
	return out
}()

var anyObject = types.NewEntityUID("Object", "")

// resourceOf is the entity that an effect acts on.
func resourceOf(e *effect.Effect) types.EntityUID {
	switch resourceType(e.Kind) {
	case "Path":
		return types.NewEntityUID("Path", types.String(e.Path))
	case "Host":
		return types.NewEntityUID("Host", types.String(e.Host))
	}
	return types.NewEntityUID("Object", types.String(e.Target))
}

// resourceType is the entity type that a kind acts on.
func resourceType(k effect.Kind) types.EntityType {
	switch group, _, _ := strings.Cut(string(k), "."); group {
	case "fs":
		return "Path"
	case "net":
		return "Host"
	}
	return "Object"
}

// entities gives the authorizer the principal and the groups of actions.
type entities types.Entity

// Get implements types.EntityGetter.
func (p *entities) Get(uid types.EntityUID) (types.Entity, bool) {
	if uid == p.UID {
		return types.Entity(*p), true
	}
	e, ok := actionEntities[uid]
	return e, ok
}

// actionEntities puts each action below its group: Action::"fs.read" is in Action::"fs".
var actionEntities = func() types.EntityMap {
	out := types.EntityMap{}
	for k, uid := range actionUIDs {
		e := types.Entity{UID: uid}
		if group, _, ok := strings.Cut(string(k), "."); ok {
			e.Parents = types.NewEntityUIDSet(types.NewEntityUID("Action", types.String(group)))
		}
		out[uid] = e
	}
	return out
}()

func principalOf(ev event.Event) types.Entity {
	p := ev.Principal
	return types.Entity{
		UID: types.NewEntityUID("Agent", types.String(p.Agent)),
		Attributes: types.NewRecord(types.RecordMap{
			"role": types.String(p.Role), "kind": types.String(p.Kind), "type": types.String(p.Type), "parent": types.String(p.Parent),
		}),
	}
}

// actionsOf lists the kinds that a policy's action scope can match.
func actionsOf(p *cedar.Policy) []effect.Kind {
	var out []effect.Kind
	for _, k := range effect.Kinds() {
		if actionMatches((*ast.Policy)(p.AST()).Action, k) {
			out = append(out, k)
		}
	}
	return out
}

func actionMatches(scope ast.IsActionScopeNode, k effect.Kind) bool {
	group, _, _ := strings.Cut(string(k), ".")
	is := func(uid types.EntityUID) bool { return string(uid.ID) == string(k) || string(uid.ID) == group }
	switch s := scope.(type) {
	case ast.ScopeTypeEq:
		return string(s.Entity.ID) == string(k)
	case ast.ScopeTypeIn:
		return is(s.Entity)
	case ast.ScopeTypeInSet:
		for _, uid := range s.Entities {
			if is(uid) {
				return true
			}
		}
		return false
	}
	return true
}
