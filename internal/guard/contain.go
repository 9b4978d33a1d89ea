package guard

import (
	"path"
	"slices"
	"strings"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/level"
	"writ/internal/pipeline"
	"writ/internal/verdict"
)

// Contained is the stage and the rule of an allow that the sandbox gives in place of asks.
const Contained = "contained"

// WithLevel returns a guard for a session whose shell commands the kernel confines that strongly. The zero level
// confines nothing, and what a guard says at it is what its policies say.
func (g *Guard) WithLevel(l level.Level) *Guard {
	out := *g
	out.level = l
	return &out
}

// contain turns an ask into an allow where the sandbox answers every reason for it. It never touches a denial,
// and one reason that no wall answers keeps the question, with that reason first.
func (g *Guard) contain(ev event.Event, d *Decision) {
	if d.Verdict.Effect != verdict.Ask || !g.confines(ev, d.Effects) {
		return
	}
	open, answered, rest := g.sort(d.Verdict.Reasons)
	if len(answered) == 0 {
		return
	}
	d.Answered = answered
	if len(open) > 0 || !g.accounted(d.Stages) {
		d.Verdict.Reasons = slices.Concat(open, answered, rest)
		return
	}
	why := verdict.New(verdict.Allow, Contained, Contained, "the sandbox answers what would be asked: "+names(answered), "")
	d.Verdict = verdict.Verdict{Effect: verdict.Allow, Reasons: append(why.Reasons, rest...)}
	d.Stages = append(d.Stages, pipeline.StageVerdict{Stage: Contained, Verdict: why})
	d.Keep = slices.ContainsFunc(d.Effects, mayLose)
}

// sort splits reasons into asks that stay open, asks that the level answers, and those that ask nothing. A
// reason of a damaged effect stays open.
func (g *Guard) sort(rs []verdict.Reason) (open, answered, rest []verdict.Reason) {
	for _, r := range rs {
		switch {
		case r.Effect == verdict.Allow || r.Effect == verdict.Abstain:
			rest = append(rest, r)
		case g.answers(r):
			answered = append(answered, r)
		default:
			open = append(open, r)
		}
	}
	return open, answered, rest
}

// answers tells whether this level's walls stop what the reason is about. A mark that is no level answers nothing.
func (g *Guard) answers(r verdict.Reason) bool {
	at, err := level.Parse(r.Contained)
	return err == nil && at > level.Observe && g.level >= at && r.Effect == verdict.Ask
}

// accounted tells whether each stage that asks says why, and the sandbox answers each of its reasons: a stage
// that asks without a word is not answered by a wall.
func (g *Guard) accounted(stages []pipeline.StageVerdict) bool {
	for _, s := range stages {
		open, answered, _ := g.sort(s.Reasons)
		if s.Effect != verdict.Allow && s.Effect != verdict.Abstain && (len(open) > 0 || len(answered) == 0) {
			return false
		}
	}
	return true
}

// confines tells whether the call would run wholly inside a sandbox whose scope is no more than the caller may
// change: only shell commands run there, only with a project, and only for roles that a scope is known for.
func (g *Guard) confines(ev event.Event, effects []effect.Effect) bool {
	if g.level == level.Observe || ev.Tool != "Bash" || !ev.Known || ev.Project == "" || !scoped(ev.Principal.Role) {
		return false
	}
	return !slices.ContainsFunc(effects, elsewhere)
}

// scoped names the roles whose scope (package scope) lets a shell change no more than stage Role does: coding and
// devops agents may change everything but spec files, which lie in .claude and so are read-only there; the lead
// and reviewers change their files of a spec with other tools, and a shell of theirs changes nothing of the project.
func scoped(role string) bool {
	kind, _, _ := strings.Cut(role, "-")
	return slices.Contains([]string{"", "solo", "coding", "devops", "lead", "review", "sa"}, kind)
}

// wrappers hand what follows them to another machine, container, user, service or terminal, where no wall of
// this session stands.
var wrappers = strings.Fields(`ssh mosh rsh scp sftp rsync docker podman nerdctl buildah crictl ctr lxc incus kubectl oc helm
	aws gcloud az gh vagrant multipass limactl colima wsl flatpak-spawn toolbox distrobox machinectl systemd-run systemd-nspawn
	sudo doas su pkexec runuser setpriv nsenter unshare chroot bwrap firejail at batch crontab tmux screen psql mysql ansible salt`)

// elsewhere tells of effects that would happen beyond this session's walls.
func elsewhere(e effect.Effect) bool {
	if e.Has("remote") {
		return true
	}
	return slices.ContainsFunc(e.Via, func(via string) bool {
		program, _, _ := strings.Cut(via, " ")
		return slices.Contains(wrappers, path.Base(program))
	})
}

// mayLose tells of effects that could destroy work in the project though no one could read how.
func mayLose(e effect.Effect) bool {
	switch e.Kind {
	case effect.Unresolved, effect.Exec, effect.ExecInline, effect.ExecTampered, effect.ExecDownload, effect.FSDelete:
		return true
	}
	return false
}

func names(rs []verdict.Reason) string {
	var out []string
	for _, r := range rs {
		if !slices.Contains(out, r.Rule) {
			out = append(out, r.Rule)
		}
	}
	return strings.Join(out, ", ")
}
