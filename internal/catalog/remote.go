package catalog

import (
	"strconv"
	"strings"

	"writ/internal/effect"
)

// remotePrograms reach other machines: shells, copies, raw connections, tunnels, mail, names.
var remotePrograms = merge([]map[string]program{
	same("ssh dbclient autossh slogin", sshs), same("mosh", moshes), same("sshpass", sshpasses),
	same("scp pscp", scps), same("sftp psftp", sftps), same("rsync", rsyncs), same("rclone-browser", nothing), same("unison", nothing),
	same("ssh-copy-id", copiesKey), same("plink", sshs), same("sshuttle", vpns), same("pssh parallel-ssh pdsh clush dsh", massShells),
	same("nc ncat netcat nc.traditional nc.openbsd", netcats), same("socat", socats), same("telnet", telnets), same("cryptcat sbd dnscat dnscat2 iodine iodined icmpsh ptunnel hans pwncat powercat gs-netcat gsocket", reverseTools),
	same("ftp lftp ncftp ncftpput tnftp ftpput curlftpfs", ftps), same("tftp", tftps), same("smbclient smbget", smbs),
	same("ngrok bore zrok devtunnel tunnelmole pagekite frpc frps chisel inlets rathole revsocks ligolo ligolo-ng gost wstunnel expose tunnelto localhost.run playit rpivot regeorg", tunnels), same("tmate upterm ttyd gotty wetty shellinabox shellinaboxd sshx", sharedShells), same("wg-quick openvpn openconnect vpnc wireguard nordvpn mullvad protonvpn", vpns), same("stunnel stunnel4 redir rinetd simpleproxy", redirects), same("tor obfs4proxy", vpns), same("magic-wormhole wormhole croc ffsend transfer onionshare onionshare-cli", sendsFiles),
	same("dig drill kdig host nslookup delv doggo dog resolvectl-query", dnsLookups), same("ping ping6 gping prettyping", pings), same("traceroute traceroute6 tracepath mtr", pings),
	same("mail mailx mutt sendmail msmtp swaks ssmtp exim s-nail neomutt blat", mails),
	same("xclip xsel pbcopy wl-copy clip termux-clipboard-set putclip", clipboards), same("pbpaste wl-paste getclip termux-clipboard-get", pastes),
	same("php-fpm", fileServers),
	same("bettercap ettercap arpspoof dsniff responder mitmproxy mitmdump mitmweb sslstrip dnsspoof macchanger yersinia hping3 hping nping scapy tcpreplay", spoofers),
	same("tcpdump tshark dumpcap wireshark ngrep tcpflow termshark snoop", sniffers),
	same("whois", whoises),
})

func connect(host string, port int, scheme string, flags ...string) effect.Effect {
	return effect.Effect{Kind: effect.NetConnect, Host: host, Port: port, Scheme: scheme, Flags: append(flags, flagIf(isLocalHost(host), "local")...)}
}

var sshSpec = newSpec("+ b= B= c= D= E= e= F= I= i= J= L= l= m= O= o= p= Q= R= S= W= w= 4 6 A a C f G g K k M N n q s T t V v X x Y y M= P=")

// sshs is ssh: forwards are tunnels, options may name programs that run here, the rest runs there.
func sshs(c Call) Outcome {
	p := sshSpec.parse(c.Args[1:])
	var out Outcome
	if p.has("V", "Q", "G") || len(p.args) == 0 && !p.has("o") {
		return out
	}
	host := p.args0Host()
	rest := p.after(1)
	// ssh permutes: options may stand after the host.
	if len(rest) > 0 && strings.HasPrefix(rest[0].Text, "-") {
		q := sshSpec.parse(rest)
		p.opts, rest = append(p.opts, q.opts...), q.args
		if q.has("V") {
			return out
		}
	}
	sshOptions(&out, p, host)
	port := 22
	if n, err := strconv.Atoi(p.text("p")); err == nil {
		port = n
	}
	flags := flagIf(len(rest) == 0 && !p.has("N"), "interactive")
	flags = append(flags, flagIf(p.has("N", "f"), "background")...)
	out.Effects = append(out.Effects, connect(host, port, "ssh", flags...))
	out.paths(effect.FSRead, p.values("i"), "identity")
	out.paths(effect.FSRead, p.values("F"), "config")
	if c.Stdin != nil {
		uploadStdin(&out, c, host, port, "ssh")
	}
	if len(rest) > 0 {
		n := out.shell(oneWord(rest), "ssh "+host)
		n.Remote = true
	}
	return out
}

func (p parsed) args0Host() string {
	t := p.verb()
	if strings.HasPrefix(t, "ssh://") {
		return parseURL(t, "ssh").host
	}
	if i := strings.LastIndexByte(t, '@'); i >= 0 {
		t = t[i+1:]
	}
	return canonicalHost(t)
}

// sshOptions notes forwards and the options that run programs here or give up checks.
func sshOptions(out *Outcome, p parsed, host string) {
	for _, w := range p.values("R") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Target: w.Text, Flags: []string{"reverse"}})
	}
	for _, w := range p.values("L", "W") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Target: w.Text, Flags: []string{"local"}})
	}
	for _, w := range p.values("D") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Target: w.Text, Flags: []string{"dynamic"}})
	}
	if p.has("w") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Flags: []string{"vpn"}})
	}
	if p.has("A") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Flags: []string{"agent"}})
	}
	for _, w := range p.values("o") {
		sshOption(out, w, host)
	}
	if w, ok := p.value("I"); ok {
		out.path(effect.ExecTampered, w, "plugin")
	}
}

func sshOption(out *Outcome, w Word, host string) {
	name, value, ok := strings.Cut(w.Text, "=")
	if !ok {
		name, value, _ = strings.Cut(w.Text, " ")
	}
	v := Word{Text: strings.TrimSpace(value), Known: w.Known}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "proxycommand", "localcommand", "knownhostscommand":
		if strings.ToLower(v.Text) != "none" {
			out.shell(v, "ssh -o "+strings.TrimSpace(name))
		}
	case "remotecommand":
		out.shell(v, "ssh -o RemoteCommand").Remote = true
	case "pkcs11provider", "securitykeyprovider":
		if strings.ToLower(v.Text) != "none" && strings.ToLower(v.Text) != "internal" {
			out.path(effect.ExecTampered, v, "plugin")
		}
	case "stricthostkeychecking":
		if strings.EqualFold(v.Text, "no") || strings.EqualFold(v.Text, "off") {
			out.add(effect.Bypass, "host key", "hostkey")
		}
	case "forwardagent":
		if strings.EqualFold(v.Text, "yes") {
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Flags: []string{"agent"}})
		}
	case "remoteforward":
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Target: v.Text, Flags: []string{"reverse"}})
	case "dynamicforward":
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Target: v.Text, Flags: []string{"dynamic"}})
	case "localforward":
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Target: v.Text, Flags: []string{"local"}})
	}
}

// uploadStdin notes that a pipe's content goes to a host.
func uploadStdin(out *Outcome, c Call, host string, port int, scheme string) {
	if c.Stdin == nil || c.Stdin.From == "" && !c.Stdin.Known {
		return
	}
	out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Port: port, Scheme: scheme, Flags: append([]string{"stdin"}, stdinFlags(c)...)})
}

func moshes(c Call) Outcome {
	p := newSpec("+ ssh= client= server= p= predict= a n").parse(c.Args[1:])
	var out Outcome
	for _, w := range append(p.values("ssh"), p.values("client")...) {
		out.shell(w, "mosh --ssh")
	}
	if len(p.args) > 0 {
		out.Effects = append(out.Effects, connect(p.args0Host(), 22, "ssh", flagIf(len(p.args) == 1, "interactive")...))
		if len(p.args) > 1 {
			out.shell(oneWord(p.args[1:]), "mosh").Remote = true
		}
	}
	return out
}

func sshpasses(c Call) Outcome {
	p := newSpec("+ p= f= d= e P= v").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.values("f"), "credential")
	if len(p.args) > 0 {
		out.argv(p.args, "sshpass")
	}
	return out
}

func copiesKey(c Call) Outcome {
	p := newSpec("f n s i= p= o= F= t= x").parse(c.Args[1:])
	var out Outcome
	if p.has("n") {
		return out
	}
	out.Effects = append(out.Effects, connect(p.args0Host(), 22, "ssh"))
	out.Effects = append(out.Effects, effect.Effect{Kind: effect.Persist, Target: p.verb(), Flags: []string{"key", "remote"}})
	return out
}

func massShells(c Call) Outcome {
	p := newSpec("+ h= H= l= p= t= o= e= i I P w= x= g= a b R= u= A O= f= n= m= c M r= q").parse(c.Args[1:])
	var out Outcome
	out.Effects = append(out.Effects, connect(p.text("H", "w"), 22, "ssh", "many"))
	if len(p.args) > 0 {
		out.shell(oneWord(p.args), c.Name()).Remote = true
	}
	return out
}
