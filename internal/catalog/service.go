package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// service describes the command line of a control plane by its exceptions; the rest follows from the verbs.
type service struct {
	// valued are the options with a value that may stand before or among the command words.
	valued string
	// special maps command words ("auth print-access-token") to what they do, where verbs alone mislead.
	special map[string]verb.Class
	// minor are command words whose destruction or change is a small, replaceable thing.
	minor string
	// silent is the class of a line without any command word (vercel alone deploys); Read by default.
	silent verb.Class
	// unknown is the class where no word is a verb; Change by default.
	unknown verb.Class
}

// specials builds the table of exceptions from lists of command words, separated by commas. It panics when
// one command stands in two lists: tables are written in this package only.
func specials(lists map[verb.Class]string) map[string]verb.Class {
	out := map[string]verb.Class{}
	for class, list := range lists {
		for _, p := range strings.Split(list, ",") {
			p = strings.Join(strings.Fields(p), " ")
			if old, dup := out[p]; dup && old != class {
				panic("catalog: in two lists: " + p)
			}
			if p != "" {
				out[p] = class
			}
		}
	}
	return out
}

// look judges a call of the service's program.
func (s service) look(c Call) Outcome { return s.judge(c, loosely(c.Args[1:], s.valued)) }

func (s service) judge(c Call, l line) Outcome {
	class, op, known := s.operation(l)
	if op == "" && computedCommand(l) {
		return Outcome{Known: true, Effects: []effect.Effect{unresolved(c, "the operation is computed")}}
	}
	return Outcome{Known: true, Effects: []effect.Effect{s.effect(c, l, class, op, known)}}
}

func (s service) effect(c Call, l line, class verb.Class, op string, known bool) effect.Effect {
	flags := commonFlags(l)
	switch {
	case l.dry():
		class, flags = verb.Read, append(flags, "dry-run")
	case (class == verb.Create || class == verb.Change || class == verb.Disrupt) && l.on("delete", "purge", "remove-all", "delete-all", "destroy", "prune", "nuke"):
		class = verb.Destroy
	case class != verb.Read && class != verb.Destroy && turnsOff(l, op):
		class = verb.Off
	case (class == verb.Create || class == verb.Change || class == verb.Disrupt) && opens(l):
		class = verb.Grant
	}
	if !known && class == verb.Change {
		flags = append(flags, "unknown")
	}
	if s.minor != "" && matchesAny(op, s.minor) {
		flags = append(flags, "minor")
	}
	return cloudEffect(c, class, op, flags)
}

// operation finds the verb among the command words. op is the command up to the verb; known is false when
// no verb was found.
func (s service) operation(l line) (class verb.Class, op string, known bool) {
	if len(l.words) == 0 {
		if s.silent != verb.Unknown && !l.help() {
			return s.silent, "", true
		}
		return verb.Read, "", true
	}
	strong, at := strongVerb(l.words)
	for n := min(len(l.words), 5); n > 0; n-- {
		if class, ok := s.special[l.phrase(n)]; ok && !(n == 1 && at == 2 && verb.Of(l.words[1].Text) >= verb.Destroy) {
			return class, l.phrase(n), true
		}
	}
	if at > 0 {
		return strong, l.phrase(at), true
	}
	if class, n := weakVerb(l.words); n > 0 {
		return class, l.phrase(n), true
	}
	if s.unknown != verb.Unknown {
		return s.unknown, l.phrase(2), true
	}
	return verb.Change, l.phrase(2), false
}

// maxCommandWords is how deep a command's verb may stand: gcloud beta compute instance-groups managed delete.
const maxCommandWords = 7

// strongVerb finds the first word that is a verb and hardly ever a noun. n is its place, from 1.
func strongVerb(words []Word) (class verb.Class, n int) {
	for i, w := range words {
		if i >= maxCommandWords || !w.Known || strings.ContainsAny(w.Text, " /@=") {
			break
		}
		if class = commandWord(w.Text, words[:i]); class != verb.Unknown && !nounish[strings.ToLower(w.Text)] {
			return class, i + 1
		}
	}
	return verb.Unknown, 0
}

// weakVerb takes a word that may be a noun elsewhere (run, deploy, logs, policy), the last of the first two.
func weakVerb(words []Word) (class verb.Class, n int) {
	for i := min(len(words), 3) - 1; i >= 0; i-- {
		if class = verb.Of(words[i].Text); class != verb.Unknown {
			return class, i + 1
		}
	}
	return verb.Unknown, 0
}

// commandWord classes one command word; a compound counts when its first part is a verb (print-access-token)
// or, with a colon, its last (apps:destroy, kv:key).
func commandWord(text string, before []Word) verb.Class {
	if c := verb.Of(text); c != verb.Unknown {
		return sharpen(c, text, before)
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		return commandWord(text[i+1:], append(before[:len(before):len(before)], Word{Text: text[:i], Known: true}))
	}
	if !strings.ContainsAny(text, "-_") && strings.ToLower(text) == text {
		return verb.Unknown
	}
	if parts := verb.Split(text); len(parts) > 1 && !nounish[parts[0]] {
		return verb.Operation(text)
	}
	return verb.Unknown
}

// sharpen makes a plain verb graver by the nouns before it: "logging sinks delete", "iam roles create".
func sharpen(c verb.Class, text string, before []Word) verb.Class {
	for _, w := range before {
		for _, p := range verb.Split(w.Text) {
			switch {
			case c == verb.Destroy && verb.IsControl(p):
				return verb.Off
			case (c == verb.Create || c == verb.Change || c == verb.Disrupt) && verb.IsRight(p):
				return verb.Grant
			}
		}
	}
	return c
}

// nounish are verbs that more often name a thing than an act when more words follow: all reading ones but
// the plain, and those listed.
var nounish = func() map[string]bool {
	plain := setOf(`get list ls describe show view info cat inspect whoami help lookup stat diff validate lint explain find export download fetch pull check verify read head
		browse print tail ping doctor count exists du ps dig fmt decode can-i get-value resolve`)
	out := setOf(nounishWords)
	for _, w := range verb.Words(verb.Read) {
		if !plain[w] {
			out[w] = true
		}
	}
	return out
}()

const nounishWords = `release archive refund down void image service server
	run deploy version config configure backup logs log policy monitor query build release test export import snapshot session
	schedule search status index template label tag env environments usage events metrics order charge payment link login auth access completion
	build open console dashboard members report me apply sample history top summary output outputs display block start-up stage up print plan request
	send dev sync mirror scan audit monitor connect train predict update-center down stop health hash capabilities count retry pay register approve`

func setOf(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// computedCommand tells whether the first command words are not known before the line runs.
func computedCommand(l line) bool {
	for i, w := range l.words {
		if i < 3 && !w.Known {
			return true
		}
	}
	return false
}

// matchesAny tells whether op ends in one of the comma-separated phrases.
func matchesAny(op, list string) bool {
	for _, p := range strings.Split(list, ",") {
		if p = strings.Join(strings.Fields(p), " "); p != "" && (op == p || strings.HasSuffix(op, " "+p) || strings.HasPrefix(op, p+" ")) {
			return true
		}
	}
	return false
}
