package catalog

import "writ/internal/effect"

var sudoSpec = newSpec("+ A,askpass b,background B,bell C,close-from= D,chdir= E,preserve-env? e,edit g,group= H,set-home h,host= i,login K,remove-timestamp k,reset-timestamp l,list n,non-interactive P p,prompt= R,chroot= r,role= S,stdin s,shell T,command-timeout= t,type= U,other-user= u,user= V,version v,validate")

func sudos(c Call) Outcome {
	p := sudoSpec.parse(c.Args[1:])
	var out Outcome
	user := p.text("user")
	flags := []string{"root"}
	if user != "" && user != "root" && user != "#0" {
		flags = []string{"user"}
	}
	assigns, rest := leadingAssigns(p.args)
	switch {
	case p.has("version"):
		return out
	case p.has("list"):
		out.add(effect.Recon, "sudo -l", "privilege")
		out.add(effect.Privilege, "sudo", "list")
		return out
	case p.has("validate", "reset-timestamp", "remove-timestamp") && len(rest) == 0:
		out.add(effect.Privilege, "sudo", "validate")
		return out
	case p.has("edit"):
		out.add(effect.Privilege, "sudo", with(flags, "edit")...)
		out.paths(effect.FSWrite, rest, "edit")
		return out
	}
	if p.has("shell", "login") || len(rest) == 0 {
		flags = append(flags, "shell")
	}
	if p.has("stdin") && c.Stdin != nil {
		flags = append(flags, "password")
	}
	if isEveryday(rest) {
		flags = append(flags, "everyday")
	}
	out.add(effect.Privilege, "sudo", flags...)
	runs := rest
	if d, ok := p.value("chroot"); ok {
		out.add(effect.Privilege, "chroot "+d.Text, "chroot")
	}
	if len(runs) == 0 {
		return out
	}
	if p.has("shell", "login") {
		out.shell(oneWord(runs), "sudo -s").Assign = assigns
		return out
	}
	out.argv(runs, "sudo").Assign = assigns
	return out
}

func isEveryday(command []Word) bool {
	if len(command) == 0 || !command[0].Known {
		return false
	}
	name := BaseName(command[0].Text)
	return everyday[name] || packageTools[name] && len(command) > 1 && packageLooks[command[1].Text]
}

func doas(c Call) Outcome {
	p := newSpec("+ C= L n s u= a=").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, "doas", append([]string{"root"}, flagIf(p.has("s"), "shell")...)...)
	if len(p.args) > 0 {
		out.argv(p.args, "doas")
	}
	return out
}

func sudoedit(c Call) Outcome {
	var out Outcome
	out.add(effect.Privilege, "sudoedit", "root", "edit")
	out.paths(effect.FSWrite, sudoSpec.parse(c.Args[1:]).args, "edit")
	return out
}

// sus is su and runuser: [-] [user] [-c command].
func sus(c Call) Outcome {
	p := newSpec("c,command= session-command= f,fast g,group= G,supp-group= l,login m,p,preserve-environment P,pty s,shell= T u,user= w,whitelist-environment=").parse(c.Args[1:])
	var out Outcome
	args := p.args
	if len(args) > 0 && args[0].Text == "-" {
		args = args[1:]
	}
	user := p.text("user")
	if user == "" && len(args) > 0 {
		user = args[0].Text
	}
	flag := "root"
	if user != "" && user != "root" {
		flag = "user"
	}
	commands := p.values("command", "session-command")
	out.add(effect.Privilege, c.Name(), append([]string{flag}, flagIf(len(commands) == 0, "shell")...)...)
	for _, w := range commands {
		out.shell(w, c.Name()+" -c")
	}
	if p.has("user") && len(args) > 0 {
		out.argv(args, c.Name())
	}
	return out
}

func pkexecs(c Call) Outcome {
	p := newSpec("+ user= disable-internal-agent keep-cwd u= k m d").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, c.Name(), append([]string{"root"}, flagIf(len(p.args) == 0, "shell")...)...)
	if len(p.args) > 0 {
		out.argv(p.args, c.Name())
	}
	return out
}

// everyday are programs that people run with sudo in the course of ordinary work; what they do is judged by
// itself. Of packageTools only the verbs that change no package count.
var (
	everyday     = nameSet("git brew npm pnpm yarn pip pip3 gem cargo systemctl service docker ls env")
	packageTools = nameSet("apt apt-get dnf yum apk pacman zypper snap flatpak")
	packageLooks = nameSet("update list search show info policy check-update")
)
