package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// gcloudTool is gcloud with the copies of `gcloud storage`, which move local files.
func gcloudTool(c Call) Outcome {
	l := loosely(c.Args[1:], gcloud.valued)
	if l.word(0) == "beta" || l.word(0) == "alpha" || l.word(0) == "preview" {
		l.words = l.words[1:]
	}
	if l.word(0) == "storage" {
		switch l.word(1) {
		case "cp", "rsync", "mv":
			l.words = l.words[1:]
			return gcloudStore.look(c, l)
		}
	}
	if l.phrase(2) == "compute ssh" || l.phrase(2) == "cloud-shell ssh" {
		return remoteShell(c, l, "gcloud "+l.phrase(2), "command")
	}
	out := gcloud.judge(c, l)
	if l.word(0) == "compute" && l.word(2) == "add-metadata" && strings.Contains(lineOf(c.Args), "metadata") && machineRights(lineOf(c.Args)) {
		return one(cloudEffect(c, verb.Grant, l.phrase(3), nil))
	}
	return out
}

// machineRights finds metadata of a machine that lets somebody in or runs code on it.
func machineRights(line string) bool {
	for _, key := range []string{"ssh-keys", "sshKeys", "startup-script", "shutdown-script", "enable-oslogin=FALSE", "block-project-ssh-keys=FALSE", "windows-startup-script"} {
		if strings.Contains(line, key) {
			return true
		}
	}
	return false
}

var gcloudStore = store{remote: byScheme, prunes: "delete-unmatched-destination-objects", verbs: storeVerbs("", "cp rsync mv", "", "")}

// azTool is az with its uploads and run-commands.
func azTool(c Call) Outcome {
	l := loosely(c.Args[1:], az.valued)
	out := az.judge(c, l)
	op := l.phrase(3)
	switch {
	case strings.HasPrefix(op, "storage ") && strings.HasPrefix(l.word(2), "upload"):
		return azUpload(out, c)
	case op == "vm run-command invoke" || op == "vmss run-command invoke" || op == "aks command invoke" || op == "vm run-command create":
		return remoteShell(c, l, "az "+op, "scripts", "command", "script")
	case l.word(0) == "rest":
		return restCall(out, c, l)
	}
	return out
}

// azUpload notes the file or folder that is sent; its option's value is the word that follows.
func azUpload(out Outcome, c Call) Outcome {
	for i, a := range c.Args {
		name, value, joined := strings.Cut(a.Text, "=")
		if name != "--source" && name != "-s" && name != "--file" && name != "-f" {
			continue
		}
		switch {
		case joined:
			return upload(out, c, []Word{{Text: value, Known: a.Known}}, known("azure storage"))
		case i+1 < len(c.Args):
			return upload(out, c, c.Args[i+1:i+2], known("azure storage"))
		}
	}
	return out
}

// restCall takes the HTTP method of a raw request for the verb.
func restCall(out Outcome, c Call, l line) Outcome {
	class := verb.Change
	switch methodOf(c) {
	case "", "get", "head":
		class = verb.Read
	case "delete":
		class = verb.Destroy
	case "post", "put":
		class = verb.Create
	}
	out.Effects[0] = cloudEffect(c, class, l.phrase(1), commonFlags(l))
	return out
}

// methodOf finds the value of -X, --method or --http-method.
func methodOf(c Call) string {
	for i, a := range c.Args {
		name, value, joined := strings.Cut(a.Text, "=")
		switch name {
		case "-X", "-m", "--method", "--http-method", "--request":
			if joined {
				return strings.ToLower(value)
			}
			if i+1 < len(c.Args) {
				return strings.ToLower(c.Args[i+1].Text)
			}
		}
	}
	return ""
}

// remoteShell is a command that runs on a machine of the provider: the text of the option named is a shell line.
func remoteShell(c Call, l line, via string, options ...string) Outcome {
	out := Outcome{Effects: []effect.Effect{cloudEffect(c, verb.Change, strings.TrimPrefix(via, c.Name()+" "), []string{"remote"})}}
	for _, name := range options {
		for i, a := range l.args {
			text, value, joined := strings.Cut(strings.TrimLeft(a.Text, "-"), "=")
			if text != name || !strings.HasPrefix(a.Text, "--") {
				continue
			}
			w := Word{Text: value, Known: a.Known}
			if !joined && i+1 < len(l.args) {
				w = l.args[i+1]
			}
			if !strings.HasPrefix(w.Text, "@") {
				out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: w, Remote: true, Via: via})
			}
		}
	}
	if l.rest != nil {
		out.Nested = append(out.Nested, Nested{Kind: NestedArgv, Args: l.rest, Remote: true, Via: via})
	}
	return out
}
