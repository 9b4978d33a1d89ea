package catalog

import (
	"strings"

	"writ/internal/effect"
)

// assignEffects says what the variables set for a command, or exported, change in what runs afterwards.
func assignEffects(assigns []Assign) []effect.Effect {
	var out []effect.Effect
	for _, a := range assigns {
		if e, ok := assignEffect(a); ok {
			e.Words = []string{a.Name + "=" + a.Value.Text}
			out = append(out, e)
		}
	}
	return out
}

func assignEffect(a Assign) (effect.Effect, bool) {
	v := a.Value.Text
	tampered := func(flags ...string) (effect.Effect, bool) {
		return effect.Effect{Kind: effect.ExecTampered, Target: a.Name, Flags: flags}, true
	}
	switch {
	case v == "" && a.Value.Known && !strings.HasPrefix(a.Name, "HIST"):
		return effect.Effect{}, false
	case loaderVars[a.Name]:
		return tampered(append([]string{"loader"}, flagIf(systemLibrary(a), "benign")...)...)
	case shellVars[a.Name]:
		if a.Name == "ENV" && !strings.ContainsAny(v, "/") || a.Name == "PROMPT_COMMAND" && harmlessPrompt(a.Value) {
			return effect.Effect{}, false
		}
		return tampered("shell")
	case a.Name == "GIT_SSH" || a.Name == "GIT_SSH_COMMAND":
		return effect.Effect{}, false // judged with the git command that uses it
	case a.Name == "SSH_AUTH_SOCK":
		if !strings.HasPrefix(v, "/") {
			return effect.Effect{}, false
		}
		return effect.Effect{Kind: effect.SecretKey, Target: a.Name, Flags: []string{"hijack"}}, true
	case homeVars[a.Name]:
		if !publicFolder(a.Value) {
			return effect.Effect{}, false
		}
		return tampered("path")
	case a.Name == "PATH" || a.Name == "path":
		return pathEffect(a)
	case libraryVars[a.Name]:
		return tampered(append([]string{"path"}, flagIf(!publicFolder(a.Value) && !strings.Contains(v, ":.."), "benign")...)...)
	case gitProgramVars[a.Name]:
		if harmlessCommand("", a.Value) {
			return effect.Effect{}, false
		}
		return tampered("git")
	case pagerVars[a.Name]:
		if harmlessCommand("", Word{Text: strings.TrimPrefix(v[strings.LastIndexByte(headWord(v), '/')+1:], "|"), Known: a.Value.Known}) || strings.HasPrefix(headWord(v), "/usr/") && !strings.ContainsAny(v, ";|&`$<>") {
			return effect.Effect{}, false
		}
		return tampered("pager")
	case interpreterVars[a.Name]:
		return interpreterEffect(a)
	case bypassVars[a.Name] != "":
		return bypassEffect(a)
	case strings.HasPrefix(a.Name, "HIST") || a.Name == "SAVEHIST":
		return historyEffect(a)
	case strings.HasPrefix(a.Name, "BASH_FUNC_"):
		return tampered("define")
	case a.Name == "WRIT_HOME" || a.Name == "CLAUDE_CODE_SIMPLE" || a.Name == "CLAUDE_CONFIG_DIR" || a.Name == "CLAUDE_CODE_SHELL_PREFIX" || a.Name == "CLAUDE_CODE_MANAGED_SETTINGS_PATH":
		return effect.Effect{Kind: effect.Bypass, Target: a.Name, Flags: []string{"guard"}}, true
	case providerVars[a.Name]:
		return providerEffect(a)
	case a.Name == "GOFLAGS" && strings.Contains(v, "-insecure"):
		return effect.Effect{Kind: effect.Bypass, Target: "tls", Flags: []string{"tls"}}, true
	case secretText(v):
		return effect.Effect{Kind: effect.SecretKey, Target: a.Name, Flags: []string{"import"}}, true
	case sourceVars[a.Name]:
		return sourceEffect(a)
	}
	return effect.Effect{}, false
}

var loaderVars = nameSet("LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES LD_DEBUG_OUTPUT LD_PROFILE_OUTPUT DYLD_FORCE_FLAT_NAMESPACE GCONV_PATH OPENSSL_CONF OPENSSL_ENGINES OPENSSL_MODULES GLIBC_TUNABLES LOCPATH NLSPATH GTK_MODULES GTK_PATH GIO_EXTRA_MODULES QT_PLUGIN_PATH KRB5_CONFIG LD_BIND_NOT GIO_MODULE_DIR PKCS11_PROVIDER SSH_SK_PROVIDER ASAN_OPTIONS_LOG COR_PROFILER_PATH CORECLR_PROFILER_PATH DOTNET_STARTUP_HOOKS NSS_HASH_ALG_SUPPORT")

var libraryVars = nameSet("LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FRAMEWORK_PATH DYLD_FALLBACK_LIBRARY_PATH LIBPATH SHLIB_PATH LD_RUN_PATH PYTHONPATH PYTHONHOME NODE_PATH PERL5LIB PERLLIB RUBYLIB CLASSPATH GEM_PATH GEM_HOME LUA_PATH LUA_CPATH GOFLAGS_PATH TCLLIBPATH R_LIBS PKG_CONFIG_PATH CMAKE_PREFIX_PATH MANPATH_EXEC TERMINFO TEXMFCNF GIT_EXEC_PATH GIT_TEMPLATE_DIR")

var shellVars = nameSet("BASH_XTRACEFD BASH_ENV ENV PROMPT_COMMAND ZDOTDIR PS0_COMMAND SHELLOPTS_EXEC FIGNORE_EXEC PERIOD_EXEC")

// homeVars say where programs find their settings; one that points to a shared folder gives them others.
var homeVars = nameSet("HOME XDG_CONFIG_HOME XDG_DATA_HOME npm_config_prefix NPM_CONFIG_PREFIX npm_config_userconfig NPM_CONFIG_USERCONFIG PIP_CONFIG_FILE CARGO_HOME_CONFIG GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_CONFIG AWS_CONFIG_FILE KUBECONFIG_EXEC DOCKER_CONFIG GNUPGHOME")

var gitProgramVars = nameSet("GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_ASKPASS SSH_ASKPASS SUDO_ASKPASS GIT_PROXY_COMMAND")

var pagerVars = nameSet("PAGER MANPAGER EDITOR VISUAL FCEDIT SUDO_EDITOR SYSTEMD_PAGER SYSTEMD_EDITOR LESSOPEN LESSCLOSE BAT_PAGER AWS_PAGER GH_PAGER PSQL_PAGER PSQL_EDITOR KUBE_EDITOR BROWSER GH_BROWSER LESSEDIT MANOPT DIFF_VIEWER TAR_COMPRESS RSYNC_RSH CVS_RSH PERL5DB")

var interpreterVars = nameSet("PYTHONSTARTUP PYTHONINSPECT PYTHONWARNINGS PYTHONBREAKPOINT NODE_OPTIONS PERL5OPT RUBYOPT JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS MAVEN_OPTS PHP_INI_SCAN_DIR PHPRC LUA_INIT LUA_INIT_5_3 LUA_INIT_5_4 R_PROFILE R_PROFILE_USER R_ENVIRON JULIA_LOAD_PATH VIMINIT EXINIT NVIM_APPNAME AWKPATH BUN_OPTIONS TAR_OPTIONS RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER GCC_EXEC_PREFIX COMPILER_PATH INPUTRC SCREENRC GRADLE_OPTS SBT_OPTS LESS_EXEC XINITRC CC_WRAPPER CARGO_BUILD_RUSTC_WRAPPER")

// bypassVars switch checks off; the value says which check.
var bypassVars = map[string]string{"NODE_TLS_REJECT_UNAUTHORIZED": "0:tls", "GIT_SSL_NO_VERIFY": "*:tls", "PYTHONHTTPSVERIFY": "0:tls", "HUSKY": "0:hooks", "HUSKY_SKIP_HOOKS": "*:hooks", "LEFTHOOK": "0:hooks", "PRE_COMMIT_ALLOW_NO_CONFIG": "*:hooks", "SKIP_HOOKS": "*:hooks",
	"GONOSUMCHECK": "*:signature", "GONOSUMDB": "*:signature", "GONOSUMDB_ALL": "*:signature", "GOSUMDB": "off:signature", "GOINSECURE": "*:tls", "DOCKER_CONTENT_TRUST": "0:signature", "SSL_VERIFY": "false:tls", "CURL_INSECURE": "*:tls", "PYTHONSAFEPATH_OFF": "*:path", "HOMEBREW_NO_VERIFY_ATTESTATIONS": "*:signature", "AWS_CA_BUNDLE_OFF": "*:tls", "REQUESTS_CA_BUNDLE": "/dev/null:tls", "CLOUDSDK_AUTH_DISABLE_SSL_VALIDATION": "*:tls", "NPM_CONFIG_STRICT_SSL": "false:tls", "ANSIBLE_HOST_KEY_CHECKING": "false:hostkey", "VAULT_SKIP_VERIFY": "*:tls", "KUBE_INSECURE": "*:tls", "IS_SANDBOX": "*:sandbox", "CC_SAFETY_NET_STRICT": "0:guard", "DCG_BYPASS": "*:guard"}

// sourceVars say where packages come from.
var sourceVars = nameSet("PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_INDEX_URL UV_EXTRA_INDEX_URL UV_DEFAULT_INDEX NPM_CONFIG_REGISTRY npm_config_registry YARN_REGISTRY YARN_NPM_REGISTRY_SERVER GOPROXY BUNDLE_MIRROR GEM_SOURCE PIP_TRUSTED_HOST CARGO_REGISTRIES_CRATES_IO_PROTOCOL")

// headWord is the text up to the first space.
func headWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// publicSource tells whether a host belongs to one of the registries that everybody installs from.
func publicSource(host string) bool {
	for _, domain := range []string{"pypi.org", "pythonhosted.org", "npmjs.org", "yarnpkg.com", "golang.org", "goproxy.io", "rubygems.org"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
