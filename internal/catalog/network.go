package catalog

import (
	"strings"

	"writ/internal/effect"
)

// firewalls is iptables and its kin.
func firewalls(c Call) Outcome {
	p := newSpec("A,append= C,check= D,delete= I,insert= R,replace= L,list? S,list-rules? F,flush? Z,zero? N,new-chain= X,delete-chain? P,policy= E= t,table= p= s= d= j= g= i= o= m= n v x w dport= sport= to-destination= to-ports= state= c= W= f line-numbers").parse(c.Args[1:])
	var out Outcome
	switch {
	case p.has("list", "list-rules", "check"):
		return out
	case p.has("flush", "delete-chain"):
		out.add(effect.SysNet, c.Name()+" -F", "firewall", "flush")
	case p.has("policy") && strings.Contains(lineOf(c.Args), "ACCEPT"):
		out.add(effect.SysNet, c.Name()+" -P ACCEPT", "firewall", "flush")
	case p.has("append", "insert", "delete", "replace", "policy", "new-chain", "zero"):
		out.add(effect.SysNet, lineOf(c.Args), "firewall")
	}
	return out
}

func nfts(c Call) Outcome {
	p := newSpec("+ f,file= c,check i,interactive a j n s y e d=").parse(c.Args[1:])
	var out Outcome
	if p.has("check") {
		return out
	}
	if w, ok := p.value("file"); ok {
		out.path(effect.FSRead, w)
		out.add(effect.SysNet, "nft -f", "firewall")
		return out
	}
	switch v, _, _ := strings.Cut(lineOf(p.args), " "); v {
	case "flush", "destroy":
		out.add(effect.SysNet, "nft "+lineOf(p.args), "firewall", "flush")
	case "delete":
		out.add(effect.SysNet, "nft "+lineOf(p.args), "firewall", "flush")
	case "add", "insert", "replace", "create", "rename", "reset":
		out.add(effect.SysNet, "nft "+lineOf(p.args), "firewall")
	}
	return out
}

func firewallCmd(c Call) Outcome {
	var out Outcome
	text := lineOf(c.Args[1:])
	for _, look := range []string{"--list", "--get", "--query", "--state", "--info", "--check"} {
		if strings.Contains(text, look) {
			return out
		}
	}
	flags := append([]string{"firewall"}, flagIf(strings.Contains(text, "--panic-on") || strings.Contains(text, "--remove") || strings.Contains(text, "trusted"), "flush")...)
	out.add(effect.SysNet, "firewall-cmd "+text, flags...)
	return out
}

// ips is ip: objects with show and list look, other verbs change.
func ips(c Call) Outcome {
	p := newSpec("+ 4 6 0 B M a,all b,batch= br,brief c,color? d,details f,family= j,json N n,netns= o,oneline p,pretty r,resolve rc= s,stats t,timestamp").parse(c.Args[1:])
	var out Outcome
	object, verb := p.verb(), p.arg(1).Text
	if strings.HasPrefix("netns", object) && object != "" && verb == "exec" {
		out.add(effect.Privilege, "ip netns exec", "namespace")
		out.argv(p.after(3), "ip netns exec")
		return out
	}
	switch verb {
	case "", "show", "list", "ls", "get", "lst", "sh", "s", "l", "help", "save", "identify", "pids", "monitor":
		return out
	}
	if verb == "flush" && strings.Contains(lineOf(p.args), "cache") {
		return out
	}
	flag := "interface"
	switch {
	case strings.HasPrefix("route", object) || strings.HasPrefix("rule", object):
		flag = "route"
	case strings.HasPrefix("neighbor", object) || object == "neigh":
		flag = "arp"
	case object == "xfrm" && (verb == "state" || verb == "policy"):
		if v := p.arg(2).Text; v == "" || v == "list" || v == "show" || v == "count" {
			if verb == "state" {
				out.add(effect.SecretRead, "ip xfrm state")
			}
			return out
		}
	}
	out.add(effect.SysNet, "ip "+lineOf(p.args), append([]string{flag}, flagIf(verb == "flush" || verb == "del" || verb == "delete", "flush")...)...)
	return out
}

func ifconfigs(c Call) Outcome {
	p := newSpec("a s v L l u d").parse(c.Args[1:])
	var out Outcome
	switch {
	case c.Name() == "ipconfig":
		if v := strings.ToLower(p.verb()); v == "set" || v == "/release" {
			out.add(effect.SysNet, "ipconfig", "interface")
		}
	case len(p.args) > 1:
		out.add(effect.SysNet, "ifconfig "+lineOf(p.args), "interface")
	}
	return out
}

func routes(c Call) Outcome {
	p := newSpec("n e v A= F C host net f").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "add", "del", "delete", "flush", "change":
		out.add(effect.SysNet, "route "+lineOf(p.args), "route")
	}
	return out
}

func netTools(c Call) Outcome {
	p := newSpec("+ i,driver= S,statistics= s= K= a k p= g= m=").parse(c.Args[1:])
	var out Outcome
	text := lineOf(p.args)
	switch c.Name() {
	case "ethtool":
		if !p.has("s", "K") {
			return out
		}
	case "iwconfig", "vconfig":
		if len(p.args) < 2 {
			return out
		}
	case "brctl", "bridge", "ovs-vsctl", "wpa_cli", "rfkill":
		if v := p.verb(); v == "show" || v == "list" || v == "status" || v == "" || strings.HasSuffix(text, "show") || v == "scan_results" {
			return out
		}
	}
	out.add(effect.SysNet, c.Name()+" "+text, "interface")
	return out
}

func nmclis(c Call) Outcome {
	p := newSpec("+ s,show-secrets a,ask c,colors= f,fields= e= g,get-values= m,mode= o,overview p,pretty t,terse w,wait=").parse(c.Args[1:])
	var out Outcome
	text := lineOf(c.Args[1:])
	secrets := p.has("show-secrets") || strings.Contains(text, "--show-secrets") || strings.Contains(text, "psk") || strings.Contains(text, "-s ") && strings.Contains(text, "show")
	verbs := strings.Fields(text)
	for _, v := range verbs {
		switch v {
		case "add", "modify", "mod", "delete", "del", "up", "down", "connect", "disconnect", "off", "on", "import", "clone", "edit", "hotspot", "reload", "set":
			out.add(effect.SysNet, "nmcli "+lineOf(p.args), "interface")
			return out
		case "password", "export":
			out.add(effect.SecretRead, "wireless password")
			return out
		}
	}
	if secrets {
		out.add(effect.SecretRead, "network password")
	}
	return out
}

func macNetwork(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	if strings.HasPrefix(text, "-set") || strings.HasPrefix(text, "--set") || strings.HasPrefix(text, "-create") || strings.HasPrefix(text, "-remove") || strings.HasPrefix(text, "-add") {
		flag := "interface"
		if strings.Contains(text, "proxy") {
			flag = "proxy"
		} else if strings.Contains(text, "dns") {
			flag = "resolver"
		}
		out.add(effect.SysNet, c.Name()+" "+text, flag)
	}
	return out
}
