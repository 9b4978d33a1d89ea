package catalog

import (
	"strings"

	"writ/internal/effect"
)

// systemLibrary tells whether a preloaded library lies where only root writes, or is a known allocator.
func systemLibrary(a Assign) bool {
	if !a.Value.Known || a.Name == "GLIBC_TUNABLES" || a.Name == "GCONV_PATH" {
		return false
	}
	for _, lib := range strings.FieldsFunc(a.Value.Text, func(r rune) bool { return r == ':' || r == ' ' }) {
		system := strings.HasPrefix(lib, "/usr/lib") || strings.HasPrefix(lib, "/lib") || strings.HasPrefix(lib, "/etc/ssl/") || strings.HasPrefix(lib, "/opt/homebrew/") || strings.HasPrefix(lib, "/usr/local/lib/lib") || strings.HasPrefix(lib, "/usr/share/")
		bare := !strings.Contains(lib, "/") && a.Name == "LD_PRELOAD" // found in the system's own folders
		if !system && !bare || strings.Contains(lib, "..") {
			return false
		}
	}
	return true
}

// publicFolder tells whether a folder of a search path is one where others may put files, or unknown.
func publicFolder(w Word) bool {
	for _, dir := range strings.Split(w.Text, ":") {
		for _, public := range []string{"/tmp", "/dev/shm", "/var/tmp", "/private/tmp"} {
			if dir == public || strings.HasPrefix(dir, public+"/") {
				return true
			}
		}
	}
	return false
}

// pathEffect judges PATH: folders of others or hidden ones in front of the system's are a trap.
func pathEffect(a Assign) (effect.Effect, bool) {
	v := a.Value.Text
	dirs := strings.Split(v, ":")
	first := dirs[0]
	bad := publicFolder(a.Value) || first == "." || first == "./" || a.Value.Known && first == ""
	for _, d := range dirs {
		bad = bad || d == "." && a.Value.Known
	}
	if bad {
		return effect.Effect{Kind: effect.ExecTampered, Target: "PATH", Flags: []string{"path"}}, true
	}
	return effect.Effect{}, false
}

func harmlessPrompt(w Word) bool {
	t := w.Text
	return w.Known && (strings.HasPrefix(t, "history -a") && !strings.ContainsAny(t, "|&`$") || strings.HasPrefix(t, "__git_ps1") || strings.HasPrefix(t, "echo") && !strings.ContainsAny(t, "|&`;>") || strings.Trim(t, "abcdefghijklmnopqrstuvwxyz_0123456789;") == "") || !w.Known && t == ""
}

// interpreterEffect judges variables that make an interpreter load something first.
func interpreterEffect(a Assign) (effect.Effect, bool) {
	v := a.Value.Text
	switch a.Name {
	case "NODE_OPTIONS", "BUN_OPTIONS":
		if a.Value.Known && !strings.Contains(v, "require") && !strings.Contains(v, "-r ") && !strings.Contains(v, "import") && !strings.Contains(v, "loader") && !strings.Contains(v, "inspect=0.0.0.0") && !strings.Contains(v, "eval") {
			return effect.Effect{}, false
		}
	case "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "MAVEN_OPTS", "GRADLE_OPTS", "SBT_OPTS":
		if a.Value.Known && !strings.Contains(v, "agent") && !strings.Contains(v, "OnOutOfMemoryError") && !strings.Contains(v, "OnError") && !strings.Contains(v, "bootclasspath") {
			return effect.Effect{}, false
		}
	case "PYTHONWARNINGS", "PYTHONINSPECT", "PYTHONBREAKPOINT":
		if a.Value.Known && !strings.Contains(v, ".") || v == "ipdb.set_trace" || v == "pdb.set_trace" || v == "pudb.set_trace" {
			return effect.Effect{}, false
		}
	case "RUBYOPT", "PERL5OPT":
		if a.Value.Known && !strings.Contains(v, "-r") && !strings.Contains(v, "-I") && !strings.Contains(v, "-M") && !strings.Contains(v, "-m") && !strings.Contains(v, "-d") && !strings.Contains(v, "-e") {
			return effect.Effect{}, false
		}
	case "RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER":
		if b := BaseName(v); b == "sccache" || b == "ccache" || b == "clippy-driver" {
			return effect.Effect{}, false
		}
	case "TAR_OPTIONS":
		if a.Value.Known && !strings.Contains(v, "checkpoint-action") && !strings.Contains(v, "compress-program") && !strings.Contains(v, "to-command") && !strings.Contains(v, "-I") {
			return effect.Effect{}, false
		}
	}
	return effect.Effect{Kind: effect.ExecTampered, Target: a.Name, Flags: []string{"interpreter"}}, true
}

func bypassEffect(a Assign) (effect.Effect, bool) {
	when, what, _ := strings.Cut(bypassVars[a.Name], ":")
	if when != "*" && !strings.EqualFold(when, a.Value.Text) && a.Value.Known {
		return effect.Effect{}, false
	}
	if when == "*" && (a.Value.Text == "0" || a.Value.Text == "false") {
		return effect.Effect{}, false
	}
	return effect.Effect{Kind: effect.Bypass, Target: what, Flags: []string{what}}, true
}

func historyEffect(a Assign) (effect.Effect, bool) {
	v := a.Value.Text
	off := false
	switch a.Name {
	case "HISTFILE":
		off = v == "/dev/null" || v == ""
	case "HISTSIZE", "HISTFILESIZE", "SAVEHIST":
		off = v == "0"
	case "HISTCONTROL":
		off = strings.Contains(v, "ignorespace") || strings.Contains(v, "ignoreboth")
	case "HISTIGNORE":
		off = v == "*" || strings.Contains(v, "*:")
	}
	return effect.Effect{Kind: effect.Evade, Target: a.Name, Flags: []string{"history"}}, off
}

// providerVars name the server that an agent or a model library talks to.
var providerVars = nameSet("ANTHROPIC_BASE_URL OPENAI_BASE_URL OPENAI_API_BASE AZURE_OPENAI_ENDPOINT GOOGLE_GEMINI_BASE_URL GEMINI_BASE_URL ANTHROPIC_BEDROCK_BASE_URL ANTHROPIC_VERTEX_BASE_URL MISTRAL_BASE_URL")

func providerEffect(a Assign) (effect.Effect, bool) {
	host := parseURL(a.Value.Text, "https").host
	for _, own := range []string{"anthropic.com", "openai.com", "azure.com", "googleapis.com", "amazonaws.com", "mistral.ai", "openrouter.ai"} {
		if host == own || strings.HasSuffix(host, "."+own) {
			return effect.Effect{}, false
		}
	}
	return effect.Effect{Kind: effect.Bypass, Target: "provider", Host: host, Flags: []string{"proxy"}}, !isLocalHost(host)
}

func sourceEffect(a Assign) (effect.Effect, bool) {
	host := parseURL(a.Value.Text, "https").host
	if host == "direct" || host == "off" || isLocalHost(host) || publicSource(host) {
		return effect.Effect{}, false
	}
	return effect.Effect{Kind: effect.PkgSource, Target: a.Name, Host: host}, true
}

// makeVariables are variables given to a build as words (make LD_PRELOAD=x.so).
func makeVariables(c Call) []effect.Effect {
	switch c.Name() {
	case "make", "gmake", "ninja", "cmake", "meson", "tox", "sbt", "rake", "gradle", "just", "task":
	default:
		return nil
	}
	var assigns []Assign
	for _, w := range c.Args[1:] {
		if name, value, ok := strings.Cut(w.Text, "="); ok && (loaderVars[name] || shellVars[name] || name == "SHELL" || name == "PATH") {
			assigns = append(assigns, Assign{Name: name, Value: Word{Text: value, Known: w.Known}})
		}
	}
	return assignEffects(assigns)
}
