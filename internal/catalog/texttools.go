package catalog

import (
	"strings"

	"writ/internal/effect"
)

// textPrograms show, search or transform text. What they say of pipes: those of passThrough hand on where
// their input comes from.
var textPrograms = merge([]map[string]program{
	same("less more most", pagers),
	same("cat tac nl bat batcat rev zcat zless bzcat xzcat zstdcat lz4cat gzcat pr fmt fold expand unexpand col colrm glow mdcat ccat pygmentize highlight", readsPaths(catSpec)),
	same("head ghead tail gtail", readsPaths(newSpec("c,bytes= n,lines= q,quiet v,verbose z f,follow? F s,sleep-interval= pid= retry r"))),
	same("od hexdump hd hexyl strings", readsPaths(newSpec("A,address-radix= t,format= j,skip-bytes= N,read-bytes= w,width? S,strings? n,bytes,length= s,skip= e= f= min-len= encoding= radix= target= c x b d o v C a i u q"))),
	same("xxd", hexdumps),
	same("wc md5sum sha1sum sha224sum sha256sum sha384sum sha512sum shasum md5 b2sum b3sum cksum sum crc32 xxhsum rhash", listsPaths(newSpec("c,check b,binary t,text a,algorithm= l,lines w m L files0-from= tag status quiet"))),
	same("sort gsort", sorts),
	same("uniq", uniqs),
	same("cut", readsPaths(newSpec("b,bytes= c,characters= d,delimiter= f,fields= n s,only-delimited complement output-delimiter= z"))),
	same("paste", readsPaths(newSpec("d,delimiters= s,serial z"))),
	same("join", readsPaths(newSpec("a= e= i j= o= t= v= 1= 2= check-order header z"))),
	same("comm", readsPaths(newSpec("1 2 3 i total output-delimiter= z"))),
	same("column", readsPaths(newSpec("t,table s,separator= o,output-separator= c,columns= N,table-columns= n,table-name= J,json"))),
	same("diff cmp sdiff diff3 colordiff icdiff difft vimdiff wdiff bsdiff", readsPaths(newSpec("U,unified= C,context= W,width= I,ignore-matching-lines= x,exclude= X,exclude-from= label= L= F,show-function-line= S,starting-file= n,bytes= i,ignore-initial= r,recursive q,brief s to-file= from-file= color?"))),
	same("tr", nothing), same("tsort shuf seq yes numfmt factor expr bc dc", nothing),
	same("jq gojq jaq yq xq tomlq dasel fx", queries),
	same("xmllint xmlstarlet xsltproc pup htmlq", readsPaths(newSpec("xpath= format noout noent schema= output= o= recover"))),
	same("csvcut csvgrep csvlook csvstat in2csv mlr qsv xsv miller csvkit visidata vd", readsPaths(newSpec("c= d= q= e= r= m="))),
	same("grep egrep fgrep zgrep zegrep bzgrep xzgrep ggrep ugrep", greps),
	same("rg ag ack pt ripgrep sift", ripgreps),
	same("sed gsed", seds),
	same("awk gawk mawk nawk goawk original-awk", awks),
	same("base64 gbase64 base32 base58 basenc uuencode uudecode", base64s),
	same("iconv recode dos2unix unix2dos", readsPaths(newSpec("f,from-code= t,to-code= o,output= c l"))),
	same("ls dir vdir gls exa eza lsd tree l ll la", listsPaths(newSpec("I,ignore= w,width= T,tabsize= L,level= P= I= block-size= color? format= sort= time= time-style= hide= indicator-style= quoting-style= o= filelimit= charset= gitignore git s= t= a l h R"))),
	same("stat gstat file readlink realpath greadlink grealpath basename dirname namei pathchk du ncdu dust df lsof", listsPaths(newSpec("c,format= f t= printf= relative-to= relative-base= s= a,multiple suffix= m,magic-file= F= e,exclude= P= d,max-depth= exclude= X= B,block-size= threshold= time? i u= p= c= k"))),
	same("locate mlocate plocate mdfind", locates),
	same("patch", patches),
	same("cmark pandoc groff nroff troff tbl eqn man2html", pandocs),
	same("fzf sk peco gum fzy dialog whiptail", choosers),
})

var catSpec = newSpec("A,show-all b E n s T v u l,language= r,line-range= H= theme= style= p,plain paging= color? P,pager= w,width= t i N S F X R G d O=")

// passThrough are programs whose output is their input, changed or not: a secret stays one, a download too.
var passThrough = nameSet(`cat tac tee grep egrep fgrep zgrep rg ag sed gsed awk gawk mawk nawk head tail sort uniq cut tr rev fold fmt nl paste column col expand
	jq yq xq base64 base32 basenc xxd od hexdump gzip gunzip zcat bzip2 bunzip2 bzcat xz unxz xzcat zstd unzstd zstdcat lz4 openssl gpg gpg2 age iconv pv sponge buffer mbuffer dos2unix
	dd tar xargs less more bat strings uuencode uudecode brotli lzma zlib-flate pigz perl python3 python ruby shuf split ccat qrencode convert`)

// pass hands on where the input came from, for programs that only transform it.
func pass(out *Outcome, c Call) {
	if c.Stdin == nil || out.Emits != "" || !passThrough[c.Name()] {
		return
	}
	switch c.Stdin.From {
	case "network", "secret", "decode", "history", "env", "source", "log", "clipboard":
		out.Emits = c.Stdin.From
	}
	if c.Stdin.Known && c.Name() == "cat" && len(c.Args) == 1 {
		out.Emits, out.EmitText = "text", c.Stdin.Text
		if c.Stdin.From != "" && c.Stdin.From != "pipe" {
			out.Emits = c.Stdin.From
		}
	}
}

// pagers show files; +!command and LESSOPEN-like options run something.
func pagers(c Call) Outcome {
	p := newSpec("b= h= j= k= o= O= p= P= t= T= x= y= z= D= N i S F X R G e E f M m n q Q r s u U w W").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		if cmd, ok := strings.CutPrefix(w.Text, "+"); ok {
			if run, ok := strings.CutPrefix(cmd, "!"); ok {
				escape(&out, "less +!", Word{Text: run, Known: w.Known})
			}
			continue
		}
		out.path(effect.FSRead, w)
	}
	out.paths(effect.FSWrite, p.values("o", "O"), "truncate")
	return out
}

func sorts(c Call) Outcome {
	p := newSpec("o,output= t,field-separator= k,key= S,buffer-size= T,temporary-directory= parallel= compress-program= files0-from= u r n f b d g h i M V z c m").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.args)
	out.paths(effect.FSRead, p.values("files0-from"))
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	if w, ok := p.value("compress-program"); ok && !compressors[w.Text] {
		escape(&out, "sort --compress-program", w)
	}
	return out
}

var compressors = nameSet("gzip bzip2 xz zstd lz4 lzop pigz lzip compress lzma pbzip2 pixz")

func uniqs(c Call) Outcome {
	p := newSpec("f,skip-fields= s,skip-chars= w,check-chars= c d u i z D group?").parse(c.Args[1:])
	var out Outcome
	out.path(effect.FSRead, p.arg(0))
	if len(p.args) > 1 {
		out.path(effect.FSWrite, p.args[1], "truncate")
	}
	return out
}

func patches(c Call) Outcome {
	p := newSpec("i,input= d,directory= o,output= p,strip= r,reject-file= B= D= F= g= z,suffix= b dry-run C,check e R N f t s u c n").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.values("input"))
	out.paths(effect.FSRead, p.after(1))
	if !p.has("dry-run", "check") {
		out.paths(effect.FSWrite, p.values("output"), "truncate")
		if len(p.args) > 0 {
			out.path(effect.FSWrite, p.args[0])
		}
	}
	return out
}

func pandocs(c Call) Outcome {
	p := newSpec("o,output= f,from= t,to= F,filter= L,lua-filter= template= H,include-in-header= B= A= c,css= M,metadata= V,variable= resource-path= m= T= U s").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.args)
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	for _, w := range p.values("filter") {
		out.script("shell", w, nil, "pandoc --filter")
	}
	return out
}

// choosers are menus; fzf can run commands for previews and keys.
func choosers(c Call) Outcome {
	p := newSpec("preview= bind= q,query= e,exact m,multi height= prompt= d,delimiter= n,nth= with-nth= header= expect= listen? execute=").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("preview") {
		out.shell(w, "fzf --preview")
	}
	for _, w := range p.values("bind") {
		if i := strings.IndexAny(w.Text, "(:"); i >= 0 && (strings.Contains(w.Text, "execute") || strings.Contains(w.Text, "become") || strings.Contains(w.Text, "reload")) {
			if j := strings.IndexByte(w.Text[i:], '('); j >= 0 {
				out.shell(Word{Text: strings.TrimSuffix(w.Text[i+j+1:], ")"), Known: w.Known}, "fzf --bind")
			}
		}
	}
	return out
}
