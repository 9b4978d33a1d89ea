package catalog

import (
	"strconv"
	"strings"

	"writ/internal/effect"
)

// dnsLookups asks for names; a name that carries data is a channel.
func dnsLookups(c Call) Outcome {
	p := newSpec("b= c= f= k= p= q= t,type= v= x= y= 4 6 m u i a C d l r s T w R= W= N= debug querytype= query=").parse(c.Args[1:])
	var out Outcome
	record := strings.ToUpper(p.text("type", "q", "querytype", "query"))
	for _, w := range p.args {
		t := w.Text
		switch {
		case strings.HasPrefix(t, "ixfr="), strings.HasPrefix(t, "IXFR="):
			record = "IXFR"
		case strings.HasPrefix(t, "+"), isDNSWord(t):
			if u := strings.ToUpper(t); dnsTypes[u] {
				record = u
			}
		case strings.HasPrefix(t, "@"):
			out.Effects = append(out.Effects, connect(canonicalHost(t[1:]), 53, "dns", "dns", "resolver"))
		default:
			e := connect(strings.ToLower(strings.TrimSuffix(t, ".")), 53, "dns", "dns")
			e.Method = record
			e.Flags = append(e.Flags, nameFlags(w, record)...)
			out.Effects = append(out.Effects, e)
		}
	}
	if record == "AXFR" || record == "IXFR" {
		out.add(effect.NetScan, lineOf(p.args), "name")
	}
	return out
}

var dnsTypes = nameSet("A AAAA MX NS TXT SOA CNAME PTR SRV CAA ANY AXFR IXFR NULL DNSKEY DS NAPTR TLSA HTTPS SVCB IN")

func isDNSWord(t string) bool { return dnsTypes[strings.ToUpper(t)] }

// nameFlags tells names that carry data: computed parts, or long labels that read like an encoding.
func nameFlags(w Word, record string) []string {
	var flags []string
	if !w.Known {
		flags = append(flags, "computed")
		if secretVariable(w.Raw) || strings.Contains(w.Raw, "$(") || strings.Contains(w.Raw, "`") {
			flags = append(flags, "data")
		}
	}
	for _, label := range strings.Split(w.Text, ".") {
		if len(label) >= 30 && !strings.Contains(label, "-") {
			flags = append(flags, "data")
			break
		}
	}
	if record == "TXT" && !strings.HasPrefix(w.Text, "_") {
		flags = append(flags, "txt")
	}
	return flags
}

func pings(c Call) Outcome {
	p := newSpec("c= i= I= l= m= M= n O p= Q= s= S= t= T= w= W= F= g= z= a A b B d D f h L q r R U v V 4 6 e= N= report r report-cycles= G= o=").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		e := connect(strings.ToLower(w.Text), 0, "icmp", "ping")
		e.Flags = append(e.Flags, nameFlags(w, "")...)
		e.Flags = append(e.Flags, flagIf(p.has("f"), "flood")...)
		if pattern, ok := p.value("p"); ok && (!pattern.Known || len(pattern.Text) >= 8) {
			e.Flags = append(e.Flags, "data")
		}
		out.Effects = append(out.Effects, e)
	}
	if n, err := strconv.Atoi(p.text("s")); err == nil && n > 1400 && n >= 60000 {
		out.add(effect.NetScan, "ping -s", "exploit")
	}
	return out
}

func whoises(c Call) Outcome {
	var out Outcome
	p := newSpec("h= p=").parse(c.Args[1:])
	if len(p.args) > 0 {
		out.Effects = append(out.Effects, connect("whois", 43, "whois", "lookup"))
	}
	return out
}
