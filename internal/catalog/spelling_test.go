package catalog

import "testing"

func TestLesserKnownSpellings(t *testing.T) {
	rows(t, `
npm i owner/repo ⇒ pkg.install +source
pnpm add owner/repo#main ⇒ pkg.install +source
npm i @scope/name ⇒ pkg.install
npm i ./local/dir ⇒ pkg.install
npm config get //registry.example/:_authToken ⇒ secret.read +credential
npm config get registry ⇒ exec
pip install -r https://a.example/r.txt ⇒ pkg.install +file+source
pip install -r requirements.txt ⇒ pkg.install +file
aria2c http://a.example/d/x.sh ⇒ net.connect a.example GET +download; fs.write x.sh +download
git log -p -- .env ⇒ fs.read .env +history
git log --oneline -- .env ⇒ nothing
shopt -u -o history ⇒ evade +history
shopt -s globstar ⇒ nothing
docker compose rm -fsv ⇒ container.delete +rm+volumes
docker compose rm -f web ⇒ container.delete +rm
rustc -C linker=/tmp/ld x.rs ⇒ exec.tampered +plugin
az storage account keys list -n s ⇒ cloud.secret
az webapp config appsettings list -n s ⇒ cloud.secret
gcloud sql users set-password root -i x ⇒ cloud.perm
aws s3api put-object-lock-configuration --bucket b ⇒ cloud.control
aws ec2 modify-instance-metadata-options --instance-id i --http-tokens optional ⇒ cloud.control
git checkout -B main origin/main ⇒ git.history +branch+move
git checkout -B topic origin/topic ⇒ nothing
kworkerd -o stratum+tcp://pool.example:3333 ⇒ sys.exhaust +mine+cpu
echo stratum+tcp://pool.example ⇒ nothing
docker run someone/xmrig:latest ⇒ container.run; sys.exhaust +mine+cpu
vault print token ⇒ cloud.secret
vsce publish ⇒ pkg.publish
vsce package ⇒ exec
virsh undefine vm --remove-all-storage ⇒ container.delete +force+volumes
virsh list --all ⇒ container.other
gcloud compute instances add-metadata vm --metadata=ssh-keys=me ⇒ cloud.perm
gcloud compute instances add-metadata vm --metadata=env=dev ⇒ cloud.write +create`)
}
