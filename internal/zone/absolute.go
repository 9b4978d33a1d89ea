package zone

import "strings"

// prefix labels everything at or below an absolute path.
type prefix struct {
	path   string
	labels set
}

// prefixes holds what Linux and macOS keep in fixed places. Every entry that matches counts.
var prefixes = []prefix{
	{"/etc", system}, {"/usr", system}, {"/bin", system}, {"/sbin", system}, {"/lib", system}, {"/lib32", system}, {"/lib64", system}, {"/boot", system}, {"/run", system},
	{"/efi", system}, {"/var/lib", system}, {"/var/log", system | audit}, {"/var/spool", system}, {"/var/run", system}, {"/var/db", system | audit},
	{"/var/mail", system | secret}, {"/var/backups", system}, {"/var/account", system | audit}, {"/var/crash", system}, {"/system", system}, {"/library", system}, {"/applications", system}, {"/private/etc", system},
	{"/private/var/db", system}, {"/private/var/log", system | audit}, {"/private/var/root", system}, {"/cores", system}, {"c:/windows", system}, {"c:/program files", system},
	{"/proc", proc}, {"/sys", proc | system}, {"/dev", device},

	{"/etc/shadow", secret}, {"/etc/shadow-", secret}, {"/etc/gshadow", secret}, {"/etc/gshadow-", secret}, {"/etc/master.passwd", secret}, {"/etc/security/opasswd", secret}, {"/etc/ssl/private", secret}, {"/etc/pki/tls/private", secret}, {"/etc/sudoers", persist}, {"/etc/sudoers.d", persist},
	{"/etc/krb5.keytab", secret}, {"/etc/ppp/chap-secrets", secret}, {"/etc/kubernetes/admin.conf", secret}, {"/etc/kubernetes/pki", secret}, {"/etc/rancher", secret}, {"/etc/wireguard", secret}, {"/etc/openvpn", secret}, {"/etc/ipsec.secrets", secret}, {"/etc/letsencrypt", secret},
	{"/etc/networkmanager/system-connections", secret}, {"/etc/wpa_supplicant", secret}, {"/var/lib/kubelet", secret}, {"/var/run/secrets", secret}, {"/run/secrets", secret}, {"/run/credentials", secret}, {"/proc/kcore", secret}, {"/dev/mem", secret}, {"/dev/kmem", secret},
	{"/dev/port", secret}, {"/var/lib/etcd", secret}, {"/var/lib/samba/private", secret}, {"/var/lib/sss", secret}, {"/etc/docker/key.json", secret},
	{"/var/log/journal", audit}, {"/var/run/utmp", audit}, {"/run/utmp", audit}, {"/run/log", audit}, {"/etc/audit", audit}, {"/etc/audisp", audit}, {"/etc/rsyslog.conf", audit}, {"/etc/rsyslog.d", audit}, {"/etc/systemd/journald.conf", audit}, {"/etc/logrotate.d", persist},

	{"/etc/crontab", persist}, {"/etc/cron.d", persist}, {"/etc/cron.daily", persist}, {"/etc/cron.hourly", persist}, {"/etc/cron.weekly", persist}, {"/etc/cron.monthly", persist}, {"/etc/anacrontab", persist}, {"/var/spool/cron", persist}, {"/var/spool/at", persist}, {"/etc/at.allow", persist},
	{"/etc/init.d", persist}, {"/etc/init", persist}, {"/etc/rc.local", persist}, {"/etc/rc.d", persist}, {"/etc/inittab", persist}, {"/etc/systemd", persist}, {"/usr/lib/systemd", persist}, {"/lib/systemd", persist}, {"/run/systemd", persist}, {"/usr/local/lib/systemd", persist}, {"/etc/profile", persist}, {"/etc/profile.d", persist},
	{"/etc/bash.bashrc", persist}, {"/etc/bashrc", persist}, {"/etc/zsh", persist}, {"/etc/zshrc", persist}, {"/etc/zshenv", persist}, {"/etc/zprofile", persist}, {"/etc/environment", persist}, {"/etc/ld.so.preload", persist}, {"/etc/ld.so.conf", persist}, {"/etc/ld.so.conf.d", persist},
	{"/etc/pam.d", persist}, {"/etc/pam.conf", persist}, {"/lib/security", persist}, {"/lib64/security", persist}, {"/usr/lib/security", persist}, {"/etc/modules-load.d", persist}, {"/etc/modules", persist}, {"/etc/modprobe.d", persist}, {"/etc/udev/rules.d", persist}, {"/lib/udev", persist}, {"/usr/lib/udev", persist}, {"/etc/xdg/autostart", persist},
	{"/etc/update-motd.d", persist}, {"/etc/apt/apt.conf.d", persist}, {"/etc/dpkg/dpkg.cfg.d", persist}, {"/etc/networkmanager/dispatcher.d", persist}, {"/etc/network/if-up.d", persist}, {"/etc/network/if-pre-up.d", persist}, {"/etc/dhcp/dhclient-exit-hooks.d", persist}, {"/etc/ssh/sshrc", persist}, {"/etc/ssh/sshd_config", persist},
	{"/etc/initramfs-tools", persist}, {"/etc/grub.d", persist}, {"/etc/default/grub", persist}, {"/boot", persist}, {"/etc/binfmt.d", persist}, {"/proc/sys/fs/binfmt_misc", persist}, {"/etc/dbus-1", persist}, {"/usr/share/dbus-1", persist}, {"/etc/xinetd.d", persist}, {"/etc/inetd.conf", persist}, {"/etc/skel", persist},
	{"/etc/polkit-1", persist}, {"/usr/share/polkit-1", persist}, {"/etc/tmpfiles.d", persist}, {"/etc/sysctl.d", persist}, {"/etc/acpi", persist}, {"/etc/x11/xsession.d", persist}, {"/etc/gdm", persist}, {"/etc/bash_completion.d", persist}, {"/usr/share/bash-completion", persist}, {"/etc/emacs", persist}, {"/etc/vim", persist},
	{"/etc/periodic", persist}, {"/etc/launchd.conf", persist}, {"/usr/share/initramfs-tools", persist}, {"/etc/gitconfig", vcs | tooling}, {"/etc/claude-code", wiring},
}

// absolute finds the labels that an absolute path gives.
func absolute(low string) set {
	if low == "" || low[0] != '/' && low[0] != 'c' {
		return 0
	}
	var s set
	for _, p := range prefixes {
		if below(low, p.path) {
			s |= p.labels
		}
	}
	return s
}

// refine takes back labels that a broader rule gave, and adds those that need more than one condition.
func refine(low string, s set) set {
	base := low[strings.LastIndexByte(low, '/')+1:]
	if below(low, "/usr/local") {
		s &^= system
	}
	if s&temp != 0 {
		s &^= device | system | root
	}
	if strings.Contains(low, "/.ssh/") {
		s = sshFile(base, s)
	}
	if s&proc != 0 {
		s |= procSecret(low, base)
	}
	if strings.HasPrefix(base, "ssh_host_") && !strings.HasSuffix(base, ".pub") {
		s |= secret
	}
	if base == ".npmrc" || base == ".yarnrc.yml" || base == ".terraformrc" || base == ".envrc" {
		s |= tooling
	}
	if s&secret != 0 && s&cache != 0 && strings.HasSuffix(low, "_cache/token") {
		s &^= secret
	}
	if strings.HasSuffix(base, ".pth") && (strings.Contains(low, "site-packages") || strings.Contains(low, "dist-packages")) {
		s |= persist
	}
	if browser(low) {
		s |= secret
	} else if base == "cookies" || base == "web data" || base == "login data" {
		s &^= secret
	}
	if (base == "writ" || base == "writ-hook" || base == "writ-exec") && strings.HasSuffix(low, "/bin/"+base) {
		s |= writ
	}
	if strings.Contains(low, "/.claude/") && strings.HasPrefix(base, "settings") {
		s |= wiring
	}
	return s
}

// sshFile keeps what is not secret in a .ssh folder readable: known hosts, public keys, the client's settings.
func sshFile(base string, s set) set {
	switch {
	case strings.HasSuffix(base, ".pub"), strings.HasPrefix(base, "known_hosts"):
		return s &^ secret
	case base == "config", strings.HasPrefix(base, "authorized_keys"):
		return (s | persist) &^ secret
	}
	return s
}

// procSecret tells of process files that show another program's memory or environment.
func procSecret(low, base string) set {
	switch base {
	case "environ", "mem", "auxv", "kcore":
		return secret
	}
	if dir := low[:len(low)-len(base)]; strings.HasSuffix(dir, "/fd/") || strings.HasSuffix(dir, "/map_files/") {
		return secret // a file that another process holds open
	}
	return 0
}

// browser tells of a browser's profile folder, where cookies and passwords lie.
func browser(low string) bool {
	for _, w := range [...]string{"/google-chrome", "/google/chrome", "/chromium", "/.mozilla/", "/firefox/", "/bravesoftware", "/microsoft edge", "/microsoft-edge", "/vivaldi", "/opera", "/library/cookies", "/library/safari"} {
		if strings.Contains(low, w) {
			for _, f := range [...]string{"cookies", "login", "key4.db", "key3.db", "web data", "history", "places.sqlite", "local state", "signons", "formhistory"} {
				if strings.Contains(low[strings.Index(low, w)+len(w):], f) {
					return true
				}
			}
		}
	}
	return false
}
