package catalog

import (
	"strings"

	"writ/internal/effect"
)

// offensivePrograms scan, guess, enumerate and exploit; and the small tools that tell an intruder where he is.
var offensivePrograms = merge([]map[string]program{
	same("nmap rustscan naabu zmap masscan unicornscan", nmaps), same("fping", fpings), same("arp-scan netdiscover nbtscan nmblookup nbtstat onesixtyone snmpwalk snmpget snmpcheck ike-scan sslscan sslyze testssl.sh p0f", always(effect.NetScan, "host")),
	same("amass subfinder assetfinder sublist3r dnsrecon dnsenum fierce dnsmap dnsx puredns massdns shuffledns findomain knockpy chaos", scansNames), same("theharvester h8mail holehe spiderfoot sfcli sfcli.py sf.py recon-ng maltego photon metagoofil waybackurls gau getallurls sherlock maigret shodan censys fofa zoomeye phoneinfoga osrframework socialscan exiflooter ghunt twint hakrawler katana gospider", osints),
	same("nikto whatweb wpscan joomscan droopescan nuclei gobuster dirb dirbuster feroxbuster ffuf wfuzz dirsearch arjun httpx httprobe aquatone eyewitness gowitness wapiti skipfish zap zaproxy burpsuite dalfox xsstrike commix sqlmap nosqlmap sqlninja jsql tplmap wafw00f arachni", scansWeb),
	same("hydra medusa patator ncrack crowbar kerbrute brutespray cewl crunch thc-hydra bruteforce-luks fcrackzip rarcrack pdfcrack aircrack-ng airodump-ng aireplay-ng reaver wifite bully hcxdumptool", always(effect.NetScan, "login")),
	same("msfconsole msfvenom msfdb msfrpcd meterpreter beef-xss beef setoolkit searchsploit armitage cobaltstrike empire starkiller sliver sliver-client sliver-server havoc mythic merlin koadic pupy veil shellter unicorn donut routersploit exploitdb autosploit evilginx evilginx2 gophish king-phisher", exploits),
	same("crackmapexec cme netexec nxc enum4linux enum4linux-ng bloodhound bloodhound-python sharphound rusthound windapsearch ldapdomaindump ldeep rpcclient smbmap evil-winrm impacket-secretsdump impacket-psexec impacket-wmiexec impacket-smbexec impacket-getuserspns impacket-getnpusers secretsdump.py psexec.py wmiexec.py getuserspns.py getnpusers.py rubeus certipy adidnsdump powerview pywerview coercer petitpotam ntlmrelayx.py responder.py pth-winexe winexe", always(effect.Recon, "ad")),
	same("ldapsearch", ldapSearches), same("ldapmodify ldapadd ldapdelete ldapmodrdn ldappasswd", always(effect.SysUser, "modify", "remote")),
	same("linpeas linpeas.sh winpeas lse.sh linenum linenum.sh linux-exploit-suggester les.sh pspy pspy64 unix-privesc-check linuxprivchecker.py traitor deepce.sh peirates kube-hunter kubeletctl pacu scoutsuite cloudfox", always(effect.Recon, "privilege")),
	same("weevely webshell laudanum ptyshell", exploits),
	same("whoami", nothing), same("id groups logname", nothing), same("xmrig minerd cpuminer cgminer bfgminer ethminer nbminer t-rex lolminer xmr-stak phoenixminer gminer teamredminer ccminer nheqminer xmrig-cuda nanominer srbminer-multi wildrig cpuminer-multi minergate-cli", always(effect.SysExhaust, "mine", "cpu")),
	same("gtfo", nothing), same("capinfos editcap mergecap", nothing),
})

func nmaps(c Call) Outcome {
	p := newSpec("- p= oN= oX= oG= oA= iL= script= script-args= T= e= S= D= g= source-port= data-length= min-rate= max-rate= exclude= dns-servers= top-ports= a= r= b= u= ulimit= rate= PS? PA? PU? sS sT sU sV sC sn sP sL sA sF sX sN O A F v Pn n R f 6 open host-timeout= version-intensity= interface=").parse(c.Args[1:])
	var out Outcome
	if p.has("interactive") {
		out.add(effect.Exec, "nmap --interactive", "escape")
	}
	if len(p.args) == 0 && !p.has("iL", "a") {
		return out
	}
	local := len(p.args) > 0
	for _, w := range p.args {
		local = local && isPrivateHost(w.Text) && !strings.ContainsAny(w.Text, "/*-,")
	}
	one := len(p.args) == 1 && !strings.ContainsAny(p.args[0].Text, "/*,") && p.has("p") && len(strings.Split(p.text("p"), ",")) <= 3 && !strings.ContainsAny(p.text("p"), "-")
	local = local || one
	quiet := !p.has("script", "A", "O", "D", "S", "f", "sC", "sU", "sS", "sF", "sX", "sN", "iL", "min-rate")
	out.add(effect.NetScan, lineOf(p.args), append([]string{"host"}, flagIf(local && quiet && c.Name() == "nmap", "local")...)...)
	if w := p.text("script"); w != "" {
		if strings.ContainsAny(w, "/") {
			out.path(effect.ExecTampered, known(w), "plugin")
		}
		out.add(effect.NetScan, "nmap --script "+w, "exploit")
	}
	for _, w := range p.values("oN", "oX", "oG", "oA") {
		out.path(effect.FSWrite, w, "truncate")
	}
	return out
}

func fpings(c Call) Outcome {
	p := newSpec("g,generate? a A b= c= C= d f= i= I= l n p= q Q= r= s S= t= T= u x=").parse(c.Args[1:])
	if len(p.args) == 1 && !p.has("generate", "f", "a") {
		return pings(Call{Args: append(words("ping"), p.args...)})
	}
	return always(effect.NetScan, "host")(c)
}

func scansNames(c Call) Outcome { return probes(c, "name") }
func osints(c Call) Outcome     { return probes(c, "osint") }
func scansWeb(c Call) Outcome   { return probes(c, "web") }

func exploits(c Call) Outcome { return always(effect.NetScan, "exploit")(c) }

// probes is one scan for a call that has a target; help, version, updates and set-up look only.
func probes(c Call, flag string) Outcome {
	var out Outcome
	if len(c.Args) == 1 {
		out.add(effect.NetScan, c.Name(), flag)
		return out
	}
	if len(c.Args) > 2 && strings.HasPrefix(c.Args[1].Text, "-h") {
		out.add(effect.NetScan, strings.TrimSpace(c.Name()+" "+lineOf(c.Args[1:])), flag)
		return out
	}
	switch strings.TrimLeft(c.Args[1].Text, "-") {
	case "h", "help", "version", "v", "V", "update", "up", "ut", "info", "init", "myip", "count", "wizard", "hh":
		return out
	}
	out.add(effect.NetScan, strings.TrimSpace(c.Name()+" "+lineOf(c.Args[1:])), flag)
	return out
}

func ldapSearches(c Call) Outcome {
	p := newSpec("x h= H= p= D= w= W y= b= s= l= z= LLL L Z= a= f= E= e= S= U= Y= o= Q n N").parse(c.Args[1:])
	var out Outcome
	base := p.text("s") == "base" && isLocalHost(parseURL(p.text("H"), "ldap").host)
	if base {
		return out
	}
	wide := false
	for _, w := range p.args {
		t := strings.ToLower(w.Text)
		wide = wide || strings.Contains(t, "(objectclass=*)") || strings.Contains(t, "objectclass=user") || strings.Contains(t, "objectclass=computer") || strings.Contains(t, "objectclass=person") || strings.Contains(t, "admincount") || strings.Contains(t, "serviceprincipalname") || strings.Contains(t, "domain admins") || strings.Contains(t, "useraccountcontrol") || strings.Contains(t, "userpassword") || strings.Contains(t, "objectcategory")
	}
	flags := append([]string{"ad"}, flagIf(!wide && len(p.args) > 0, "one")...)
	out.add(effect.Recon, lineOf(p.args), flags...)
	return out
}
