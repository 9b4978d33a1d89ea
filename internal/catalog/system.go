package catalog

import (
	"strings"

	"writ/internal/effect"
)

// rule says what one program does, by the first pattern of words that fits.
type rule struct {
	// words are the operands that must begin the call, in order; "*" is any one. "" fits always.
	words string
	// options is a space-separated list of options of which one must be there; "" none needed.
	options string
	kind    effect.Kind // "" nothing
	flags   string
}

// ruled makes a program from an option table and rules; the effect's target is the first operand that is no
// verb. What fits no rule is harmless.
func ruled(s *spec, rules ...rule) program {
	return func(c Call) Outcome {
		p := s.parse(c.Args[1:])
		var out Outcome
		if p.has("help", "version") {
			return out
		}
		for _, r := range rules {
			if !r.fits(p) {
				continue
			}
			if r.kind != "" {
				n := len(strings.Fields(r.words))
				out.add(r.kind, strings.TrimSpace(c.Name()+" "+lineOf(p.args[:min(n+1, len(p.args))])), strings.Fields(r.flags)...)
			}
			return out
		}
		return out
	}
}

func (r rule) fits(p parsed) bool {
	for i, w := range strings.Fields(r.words) {
		if i >= len(p.args) {
			return false
		}
		if w == "*" {
			continue
		}
		found := false
		for _, choice := range strings.Split(w, "|") {
			found = found || p.args[i].Text == choice
		}
		if !found {
			return false
		}
	}
	return r.options == "" || p.has(strings.Fields(r.options)...)
}

// always is one effect for every call.
func always(kind effect.Kind, flags ...string) program {
	return func(c Call) Outcome {
		var out Outcome
		out.add(kind, strings.TrimSpace(c.Name()+" "+lineOf(c.Args[1:min(3, len(c.Args))])), flags...)
		return out
	}
}

// withArgs is one effect for calls that have operands; without, the program only shows something.
func withArgs(kind effect.Kind, flags ...string) program {
	one := always(kind, flags...)
	return func(c Call) Outcome {
		for _, w := range c.Args[1:] {
			if !strings.HasPrefix(w.Text, "-") {
				return one(c)
			}
		}
		return Outcome{}
	}
}

// systemPrograms change the machine: power, services, kernel, users, disks, network, settings.
var systemPrograms = merge([]map[string]program{
	same("shutdown", ruled(newSpec("c k h P H r t= no-wall f a s l i e d="), rule{options: "c", flags: "cancel"}, rule{options: "k", flags: "warn"}, rule{kind: effect.SysPower})),
	same("reboot halt poweroff telinit init systemd-halt kexec-reboot", powers), same("sysrq", always(effect.SysPower)), same("pm-suspend pm-hibernate rtcwake zzz", always(effect.SysPower, "suspend")), same("pmset", ruled(newSpec("a b c g"), rule{options: "g"}, rule{words: "sleepnow", kind: effect.SysPower, flags: "suspend"}, rule{words: "*", kind: effect.SysConfig})),
	same("systemctl", systemctls), same("service rc-service invoke-rc.d", services), same("initctl", services), same("start-service", nothing), same("stop", withArgs(effect.SysService, "stop")), same("chkconfig update-rc.d rc-update sysv-rc-conf", chkconfigs), same("launchctl", launchctls), same("sv runsv svc s6-svc s6-rc supervisorctl monit pm2 forever circusctl", supervisors), same("brew-services", nothing),
	same("journalctl", journals), same("dmesg", ruled(newSpec("C,clear c,read-clear D E n= T w H x k u l= f="), rule{options: "clear read-clear", kind: effect.Evade, flags: "log"})), same("logrotate", ruled(newSpec("d,debug f,force s= v l="), rule{options: "force", kind: effect.Evade, flags: "log"})),
	same("sysctl", sysctls), same("modprobe", ruled(newSpec("r,remove n,dry-run,show,simulate D,show-depends c,showconfig a R f,force i q v C= S= d="), rule{options: "dry-run show-depends showconfig R"}, rule{words: "*", kind: effect.SysKernel, flags: "module"})), same("insmod rmmod kmod-load kextload kextunload kmutil depmod", withArgs(effect.SysKernel, "module")), same("lsmod modinfo kextstat lspci lsusb lshw lsscsi lsblk blkid findmnt hwinfo inxi dmidecode lsdev", nothing), same("kexec", always(effect.SysKernel, "kexec")), same("grub-install update-grub grub-mkconfig grub2-mkconfig efibootmgr bcdedit dracut update-initramfs mkinitcpio mkinitramfs grubby bootctl", bootTools), same("dkms", withArgs(effect.SysKernel, "module")), same("csrutil spctl nvram bless", macSecurity),
	same("useradd adduser newusers groupadd addgroup", always(effect.SysUser, "add")), same("userdel deluser groupdel delgroup", always(effect.SysUser, "delete")), same("usermod groupmod gpasswd chsh chfn chage vipw vigr pwconv pwunconv", ruled(newSpec("l,list a,append G,groups= g= s,shell= u= d= m L U e= c= A= M= r R= p= D E= I= W= l h"), rule{kind: effect.SysUser, flags: "modify"})), same("passwd chpasswd yppasswd smbpasswd", ruled(newSpec("S,status a,all d,delete e l,lock u,unlock q n= x= w= i="), rule{options: "status"}, rule{kind: effect.SysUser, flags: "password"})), same("visudo", ruled(newSpec("c,check f= q s"), rule{options: "check"}, rule{kind: effect.SysUser, flags: "modify sudo"})), same("loginctl", ruled(newSpec("+"), rule{words: "enable-linger", kind: effect.Persist, flags: "login"}, rule{words: "terminate-user|kill-user|terminate-session|kill-session", kind: effect.ProcKill, flags: "all"})), same("dscl dseditgroup sysadminctl dscacheutil", macUsers), same("net", windowsNet), same("pam-auth-update authconfig authselect", withArgs(effect.SysUser, "modify")),
	same("mount", mounts), same("umount unmount", umounts), same("mount.nfs mount.cifs", always(effect.SysDisk, "mount", "remote")), same("swapon", withArgs(effect.SysDisk, "swap")), same("swapoff", ruled(newSpec("a,all v"), rule{options: "all", kind: effect.SysDisk, flags: "swap all"}, rule{words: "*", kind: effect.SysDisk, flags: "swap"})), same("losetup", ruled(newSpec("a,all l,list f,find d,detach= D j= o= P r show"), rule{options: "all list"}, rule{words: "*", kind: effect.SysDisk, flags: "loop"})), same("pivot_root switch_root", always(effect.Privilege, "namespace")), same("fusermount fusermount3", umounts), same("hdiutil", ruled(newSpec("+"), rule{words: "erasekeys|partition|resize", kind: effect.SysDisk, flags: "image"})),
	same("mkfs mke2fs mkswap mkdosfs newfs mkntfs mkexfatfs zpool-create cryptsetup-format", formats), same("wipefs", ruled(newSpec("a,all n,no-act o= t= b,backup f,force p i J q"), rule{options: "no-act"}, rule{options: "all o offset", kind: effect.SysDisk, flags: "format"})), same("fdisk sfdisk gdisk sgdisk cfdisk parted partprobe cgdisk gpart", partitions), same("diskutil", ruled(newSpec("+"), rule{words: "list|info|activity"}, rule{words: "erasedisk|eraseDisk|eraseVolume|reformat|zeroDisk|secureErase|partitionDisk|randomDisk|eraseAll", kind: effect.SysDisk, flags: "format"}, rule{words: "apfs|unmount|mount|unmountDisk|eject", kind: effect.SysDisk, flags: "mount"})), same("blkdiscard hdparm nvme sg_format badblocks blockdev fstrim", diskTools), same("tune2fs e2label xfs_admin resize2fs xfs_growfs btrfstune e2undo debugfs dumpe2fs xfs_db xfs_info", fsTools), same("fsck e2fsck xfs_repair fsck.ext4 ntfsfix", ruled(newSpec("n N t= C= b= p y a f c v"), rule{options: "n N"}, rule{words: "*", kind: effect.SysDisk, flags: "repair"})), same("cryptsetup luksformat veracrypt", ruled(newSpec("+ q,batch-mode type="), rule{words: "luksFormat|erase|luksErase|luksKillSlot|luksRemoveKey|reencrypt|luksformat", kind: effect.SysDisk, flags: "format"}, rule{words: "luksDump", options: "dump-master-key", kind: effect.SecretRead}, rule{words: "open|luksOpen|close|luksClose|luksAddKey|luksHeaderBackup", kind: effect.SysDisk, flags: "mount"})), same("pvcreate pvremove vgremove lvremove vgcreate lvcreate lvreduce vgreduce lvresize vgextend lvextend mdadm dmsetup", lvms), same("zpool zfs btrfs bcachefs", filesystems), same("quotaoff quotaon edquota setquota", withArgs(effect.SysDisk, "quota")), same("mdconfig vmkfstools qemu-img qemu-nbd", nothing),
	same("iptables ip6tables iptables-legacy iptables-nft ebtables arptables", firewalls), same("iptables-save ip6tables-save iptables-xml nft-list", nothing), same("iptables-restore ip6tables-restore", always(effect.SysNet, "firewall")), same("nft", nfts), same("ufw", ruled(newSpec("+ force dry-run"), rule{options: "dry-run"}, rule{words: "status|version|app|show"}, rule{words: "disable|reset", kind: effect.SysNet, flags: "firewall flush"}, rule{words: "*", kind: effect.SysNet, flags: "firewall"})), same("firewall-cmd", firewallCmd), same("pfctl", ruled(newSpec("d e F= f= s= n t= T= v q"), rule{options: "s n"}, rule{options: "d F", kind: effect.SysNet, flags: "firewall flush"}, rule{options: "e f", kind: effect.SysNet, flags: "firewall"})), same("ipset", ruled(newSpec("!"), rule{words: "list|test|save"}, rule{words: "flush|destroy", kind: effect.SysNet, flags: "firewall flush"}, rule{words: "*", kind: effect.SysNet, flags: "firewall"})), same("tc", ruled(newSpec("s d p"), rule{words: "* show|ls|list"}, rule{words: "* *", kind: effect.SysNet, flags: "interface"})), same("fail2ban-client", ruled(newSpec("+"), rule{words: "status|ping|get|version"}, rule{words: "*", kind: effect.SysService, flags: "security"})),
	same("ip", ips), same("ifconfig ipconfig", ifconfigs), same("route", routes), same("ifup ifdown iwconfig ethtool brctl ovs-vsctl bridge wpa_cli rfkill nmtui dhclient dhcpcd vconfig", netTools), same("nmcli", nmclis), same("networksetup scutil", macNetwork), same("arp", ruled(newSpec("a n d= s= i= e v D"), rule{options: "s d", kind: effect.SysNet, flags: "arp"}, rule{options: "a", kind: effect.Recon, flags: "network local"})), same("resolvectl systemd-resolve resolvconf", ruled(newSpec("i= flush-caches status query statistics"), rule{words: "dns|domain|revert|llmnr|mdns|dnssec", kind: effect.SysNet, flags: "resolver"})), same("hostnamectl hostname", ruled(newSpec("+ s f i I A a d y"), rule{words: "status|show"}, rule{words: "*", kind: effect.SysConfig, flags: "hostname"})), same("localectl", ruled(newSpec("+"), rule{words: "set-locale|set-keymap|set-x11-keymap", kind: effect.SysConfig, flags: "locale"})), same("timedatectl hwclock ntpdate sntp chronyc", ruled(newSpec("s,systohc w hctosys r,show l u"), rule{words: "status|show|list-timezones|tracking|sources|show-timesync|timesync-status"}, rule{options: "systohc hctosys w s", kind: effect.SysConfig, flags: "time"}, rule{words: "*", kind: effect.SysConfig, flags: "time"})),
	same("netstat ss sockstat", nothing), same("ldconfig", ldconfigs), same("update-ca-certificates update-ca-trust trust certutil-add", ruled(newSpec("f,fresh"), rule{words: "list|extract-compat"}, rule{kind: effect.SysConfig, flags: "cert"})), same("defaults", ruled(newSpec("+"), rule{words: "write|delete|import|rename", kind: effect.SysConfig, flags: "defaults"})), same("gsettings dconf xfconf-query kwriteconfig5", ruled(newSpec("+"), rule{words: "set|write|reset|load|reset-recursively", kind: effect.SysConfig, flags: "desktop"})), same("localectl-set sysrc raspi-config", withArgs(effect.SysConfig, "package")), same("tccutil", always(effect.SysConfig, "privacy")), same("mdutil tmutil", macBackup), same("systemsetup", macSetup),
	same("setenforce", setenforce), same("getenforce sestatus aa-status apparmor_status seinfo", nothing), same("semanage setsebool restorecon chcon semodule", withArgs(effect.SysConfig, "mac")), same("aa-disable aa-teardown aa-complain", always(effect.SysConfig, "mac", "off")), same("aa-enforce aa-genprof aa-logprof", always(effect.SysConfig, "mac")), same("apparmor_parser", ruled(newSpec("R,remove r,replace a,add C,Complain p,preprocess Q q W T v S N"), rule{options: "remove Complain", kind: effect.SysConfig, flags: "mac off"}, rule{options: "replace add", kind: effect.SysConfig, flags: "mac reload"})),
	same("setcap", ruled(newSpec("q v r n="), rule{options: "v"}, rule{options: "r"}, rule{words: "*", kind: effect.Privilege, flags: "capability"})), same("getcap", ruled(newSpec("r n v"), rule{options: "r", kind: effect.Recon, flags: "privilege"})), same("getpcaps capsh-print pscap filecap", nothing),
	same("auditctl", ruled(newSpec("l s e= D d= a= A= w= W= R= r= b= f= k= p= S= F= C= t v"), rule{options: "D e d W", kind: effect.Evade, flags: "audit"}, rule{options: "l s v"}, rule{kind: effect.SysConfig, flags: "audit"})), same("ausearch aureport autrace", nothing), same("augenrules auditd", withArgs(effect.SysConfig, "audit")),
	same("keyctl", keyctls), same("busctl dbus-send gdbus qdbus dbus-monitor", dbuses), same("udevadm", ruled(newSpec("+"), rule{words: "info|monitor|test|settle"}, rule{words: "trigger|control", kind: effect.SysConfig, flags: "device"})), same("systemd-run", systemdRuns), same("systemd-analyze systemd-detect-virt systemd-path systemd-escape systemd-delta systemd-cat systemd-notify systemd-tmpfiles", nothing),
	same("coreutils-none", nothing),
})

func powers(c Call) Outcome {
	var out Outcome
	p := newSpec("help w,wtmp-only d n").parse(c.Args[1:])
	if p.has("help", "wtmp-only") || (c.Name() == "init" || c.Name() == "telinit") && !strings.Contains("0 6 1 s S", orText(p.verb(), "?")) {
		return out
	}
	if c.Name() == "init" && len(p.args) == 0 {
		return out
	}
	out.add(effect.SysPower, c.Name()+" "+p.verb())
	return out
}

func orText(s, or string) string {
	if s == "" {
		return or
	}
	return s
}
