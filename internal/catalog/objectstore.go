package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// store describes a command line that copies files to and from object stores.
type store struct {
	valued string
	verbs  map[string]verb.Class
	// remote tells whether a word names something in the store.
	remote func(string) bool
	// prunes are options by which a copy also deletes at the destination.
	prunes string
	// direct are verbs whose direction is in their name.
	upload, download string
}

var schemes = []string{"s3://", "gs://", "https://", "http://", "b2://", "az://", "oss://", "cos://", "obs://", "swift://", "sftp://", "ftp://", "abfss://", "wasb://", "hf://", "dbfs:/"}

func byScheme(w string) bool {
	for _, s := range schemes {
		if strings.HasPrefix(strings.ToLower(w), s) {
			return true
		}
	}
	return false
}

// byColon is the form remote:path of rclone; a drive letter or a path is none.
func byColon(w string) bool {
	i := strings.IndexByte(w, ':')
	return i > 0 && !strings.ContainsAny(w[:i], "/.") || byScheme(w)
}

// byAlias is the form alias/bucket/key of the MinIO client: a relative path whose first part is no folder mark.
func byAlias(w string) bool {
	return !strings.HasPrefix(w, ".") && !strings.HasPrefix(w, "/") && !strings.HasPrefix(w, "~") && strings.Contains(w, "/")
}

func storeVerbs(read, create, change, destroy string) map[string]verb.Class {
	out := map[string]verb.Class{}
	for class, list := range map[verb.Class]string{verb.Read: read, verb.Create: create, verb.Change: change, verb.Destroy: destroy} {
		for _, w := range strings.Fields(list) {
			out[w] = class
		}
	}
	return out
}

var awsS3Store = store{
	valued: awsValued + " acl exclude include storage-class grants sse sse-kms-key-id content-type cache-control metadata expires-in source-region website-redirect content-disposition",
	verbs:  storeVerbs("ls presign", "cp sync mb mv website", "", "rm rb"), remote: byScheme, prunes: "delete",
}

var gsutilStore = store{
	valued: "h o j a u c l s p b", remote: byScheme, prunes: "d",
	verbs: storeVerbs("ls cat stat du hash version help versioning-get perfdiag signurl", "cp mv rsync mb compose notification config update", "setmeta rewrite label versioning lifecycle defstorageclass web cors logging retention requesterpays rpo ubla autoclass", "rm rb"),
}

var s3cmdStore = store{
	valued: "c config access_key secret_key endpoint-url profile region host host-bucket", remote: byScheme, prunes: "delete-removed delete", upload: "put upload", download: "get download",
	verbs: storeVerbs("ls la info du get download cat head list stat signurl pipe-out select presign", "put upload cp sync mb mv copy modify pipe post", "setacl setpolicy accesslog setlifecycle", "del rm rb delete delpolicy dellifecycle expire abortmp remove"),
}

var minioStore = store{
	valued: "config-dir C limit-upload newer-than older-than", remote: byAlias, prunes: "remove", upload: "put pipe", download: "get",
	verbs: storeVerbs("ls cat head stat diff find du version tree share watch sql ping ready get support license update", "cp mirror mb mv put pipe alias undo od", "tag retention legalhold encrypt event ilm anonymous quota replicate batch cors", "rm rb"),
}

var rcloneStore = store{
	valued: "config transfers checkers filter exclude include bwlimit backup-dir max-age min-age log-file", remote: byColon, prunes: "delete-during delete-after delete-before delete-excluded",
	verbs: storeVerbs("ls lsd lsl lsf lsjson cat size check tree about version listremotes md5sum sha1sum hashsum cryptcheck ncdu link help genautocomplete obscure test", "copy copyto copyurl mkdir touch rcat mount bisync backend serve authorize rcd rc", "settier", "move moveto dedupe sync delete deletefile purge rmdir rmdirs cleanup"),
}

var b2Store = store{
	valued: "", remote: byScheme, upload: "upload-file upload-unbound-stream upload", download: "download-file download-file-by-name download-file-by-id download", prunes: "delete",
	verbs: storeVerbs("ls list-buckets get-bucket get-file-info list-parts list-unfinished-large-files version get-download-auth list-keys list", "upload-file create-bucket sync copy-file-by-id authorize-account update-bucket create upload download-file", "update-file-legal-hold", "delete-bucket delete-file-version hide-file rm cancel-all-unfinished-large-files delete-key"),
}

var azcopyStore = store{
	valued: "recursive from-to", remote: byScheme, prunes: "delete-destination",
	verbs: storeVerbs("list ls env jobs doc load bench", "copy cp c sync make mk login logout", "set-properties set-props", "remove rm"),
}

// objectStore makes the judge of a store's program.
func objectStore(s store) program {
	return func(c Call) Outcome { return s.look(c, loosely(c.Args[1:], s.valued)) }
}

func awsS3(c Call, l line) Outcome {
	l.words = l.words[1:]
	return awsS3Store.look(c, l)
}

func (s store) look(c Call, l line) Outcome {
	op := l.word(0)
	class, ok := s.verbs[op]
	switch {
	case len(l.words) > 0 && !l.words[0].Known:
		return one(unresolved(c, "the operation is computed"))
	case op == "admin" || op == "alias" || op == "config" || op == "anonymous" || op == "policy" || op == "iam" || op == "acl" || op == "bucket" || op == "file" || op == "jobs" || op == "key" || op == "defacl" || op == "hmac" || op == "kms" || op == "ilm":
		return s.administer(c, l)
	case !ok && op == "":
		class = verb.Read
	case !ok:
		return service{}.look(c)
	}
	flags := commonFlags(l)
	if l.dry() || l.has("n") && c.Name() != "mc" {
		return one(cloudEffect(c, verb.Read, op, append(flags, "dry-run")))
	}
	if class != verb.Destroy && s.prune(l) {
		return one(cloudEffect(c, verb.Destroy, op, append(flags, "prune")))
	}
	if c.Name() == "rclone" && (op == "serve" || op == "rcd") {
		return Outcome{Effects: []effect.Effect{made(c, effect.NetListen, "rclone", listenFlags(l.value("addr"))...)}}
	}
	if class == verb.Create && opens(l) {
		class = verb.Grant
	}
	out := one(cloudEffect(c, class, op, flags))
	return s.transfer(out, c, l, op)
}

func (s store) prune(l line) bool {
	for _, p := range strings.Fields(s.prunes) {
		if l.on(p) {
			return true
		}
	}
	return false
}

// transfer adds the local side of a copy: what is read and sent, or where the download is written.
func (s store) transfer(out Outcome, c Call, l line, op string) Outcome {
	operands := l.from(1)
	switch {
	case strings.Contains(" "+s.upload+" ", " "+op+" ") && len(operands) > 0:
		return upload(out, c, operands[:max(1, len(operands)-1)], operands[len(operands)-1])
	case strings.Contains(" "+s.download+" ", " "+op+" ") && len(operands) > 1:
		return download(out, operands[len(operands)-1])
	case len(operands) < 2 || out.Effects[0].Kind == effect.CloudDestroy && op != "sync":
		return out
	}
	from, to := operands[:len(operands)-1], operands[len(operands)-1]
	switch {
	case s.remote(to.Text) && !s.remote(from[0].Text):
		return upload(out, c, from, to)
	case s.remote(from[0].Text) && !s.remote(to.Text):
		return download(out, to)
	}
	return out
}

// upload notes that local files are read and leave the machine.
func upload(out Outcome, c Call, from []Word, to Word) Outcome {
	out.Effects[0].Flags = append(out.Effects[0].Flags, "upload")
	for _, w := range from {
		if w.Text == "-" || byScheme(w.Text) {
			continue
		}
		out.path(effect.FSRead, w)
		e := made(c, effect.NetUpload, to.Text, "file", "store")
		e.Path, e.Host = w.Text, bucketHost(to.Text)
		if !w.Known {
			e.Flags = append(e.Flags, "unknown-path")
		}
		out.Effects = append(out.Effects, e)
	}
	return out
}

func download(out Outcome, to Word) Outcome {
	if out.Effects[0].Kind == effect.CloudWrite {
		out.Effects[0].Kind = effect.CloudRead
	}
	out.Effects[0].Flags = append(without(out.Effects[0].Flags, "create"), "download")
	if to.Text == "-" {
		out.Emits = "network"
		return out
	}
	out.path(effect.FSWrite, to)
	return out
}

func without(flags []string, flag string) []string {
	var out []string
	for _, f := range flags {
		if f != flag {
			out = append(out, f)
		}
	}
	return out
}

// bucketHost is the bucket or host of a remote name.
func bucketHost(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	host, _, _ := strings.Cut(url, "/")
	return strings.TrimSuffix(host, ":")
}

// administer judges a store's commands about itself: users, policies, aliases, access.
func (s store) administer(c Call, l line) Outcome {
	switch {
	case l.word(0) == "config" && (l.word(1) == "show" || l.word(1) == "dump"):
		return one(cloudEffect(c, verb.Secret, "config "+l.word(1), nil))
	case l.word(0) == "config" && (len(l.words) == 1 || l.word(1) == "file" || l.word(1) == "providers" || l.word(1) == "paths"):
		return one(cloudEffect(c, verb.Read, "config", nil))
	case l.word(0) == "config" || l.word(0) == "alias" && l.word(1) != "list" && l.word(1) != "ls":
		return one(made(c, effect.SecretKey, c.Name()+":"+l.phrase(2)))
	case l.word(0) == "iam" && l.word(1) != "get", l.word(0) == "acl" && l.word(1) != "get", l.word(0) == "defacl" && l.word(1) != "get", l.word(0) == "anonymous" && l.word(1) != "list" && l.word(1) != "get", l.word(0) == "hmac" && l.word(1) == "create":
		return one(cloudEffect(c, verb.Grant, l.phrase(2), commonFlags(l)))
	case l.word(0) == "jobs" || l.word(0) == "ilm" && l.word(1) == "ls":
		return one(cloudEffect(c, verb.Read, l.phrase(2), nil))
	}
	return service{valued: s.valued}.look(c)
}

// listenFlags are the flags of net.listen for an address to listen on.
func listenFlags(addr string) []string {
	if publicAddress(addr) {
		return []string{"public"}
	}
	return nil
}

// publicAddress tells whether an address to listen on takes calls from other machines.
func publicAddress(addr string) bool {
	return strings.HasPrefix(addr, "0.0.0.0") || strings.HasPrefix(addr, "[::]") || strings.HasPrefix(addr, "::") && !strings.HasPrefix(addr, "::1") || strings.HasPrefix(addr, "*") || strings.HasPrefix(addr, ":") && len(addr) > 1
}
