package catalog

import (
	"strings"

	"writ/internal/effect"
)

// aiPrograms are agents, model servers and the tools around models.
var aiPrograms = map[string]program{
	"claude": aiAgent, "codex": aiAgent, "gemini": aiAgent, "aider": aiAgent, "opencode": aiAgent, "amp": aiAgent, "cursor-agent": aiAgent, "qwen": aiAgent, "crush": aiAgent, "droid": aiAgent, "auggie": aiAgent, "plandex": aiAgent, "cline": aiAgent, "goose-agent": aiAgent, "interpreter": aiAgent, "open-interpreter": aiAgent, "gpt-engineer": aiAgent, "sweagent": aiAgent, "mini": aiAgent, "openhands": aiAgent, "kimi": aiAgent, "grok": aiAgent, "q": aiAgent, "kiro-cli": aiAgent, "autogpt": aiAgent, "claude-code": aiAgent, "rovodev": aiAgent, "cn": aiAgent, "smol": aiAgent, "devin": aiAgent, "vibe": aiAgent, "forge-code": aiAgent, "codebuff": aiAgent, "crewai": agentFramework, "langgraph": agentFramework, "metagpt": agentFramework, "autogen": agentFramework,
	"ollama": ollama, "lms": ollama, "llamafile": modelServer, "llama-server": modelServer, "llama-cli": modelServer, "vllm": modelServer, "text-generation-launcher": modelServer, "litellm": modelServer, "sglang": modelServer, "lmdeploy": modelServer, "tabbyapi": modelServer, "koboldcpp": modelServer, "local-ai": modelServer, "xinference": modelServer, "tritonserver": modelServer, "ray": ray, "bentoml": modelServer, "open-webui": modelServer, "text-generation-webui": modelServer, "langflow": modelServer, "flowise": modelServer, "comfyui": modelServer, "gradio": modelServer, "mlx_lm.server": modelServer, "aphrodite": modelServer, "gpt4all": modelServer, "jan": modelServer,
	"huggingface-cli": huggingface, "hf": huggingface, "llm": llmTool, "sgpt": llmTool, "mods": llmTool, "aichat": llmTool, "chatgpt": llmTool, "openai": llmTool, "fabric": llmTool, "gh-copilot": llmTool, "tgpt": llmTool, "oterm": llmTool, "gorilla": llmTool, "shell-gpt": llmTool, "anthropic": llmTool,
	"mcp": mcpTool, "mcp-proxy": mcpTool, "mcp-remote": mcpTool, "mcp-inspector": mcpTool, "smithery": mcpTool, "mcpo": mcpTool, "supergateway": mcpTool, "mcphost": mcpTool,
}

// unguardedOptions start an agent that asks nobody.
var unguardedOptions = map[string]string{
	"dangerously-skip-permissions": "permissions", "allow-dangerously-skip-permissions": "permissions", "yolo": "permissions", "full-auto": "permissions", "dangerously-bypass-approvals-and-sandbox": "sandbox", "dangerously-allow-all": "permissions", "yes-always": "permissions", "auto-approve": "permissions", "auto-run": "permissions", "auto_run": "permissions",
	"bare": "hooks", "approve-mcps": "permissions", "trust-all-tools": "permissions", "allow-all-tools": "permissions", "allow-all-paths": "permissions", "skip-permissions-unsafe": "permissions", "no-sandbox": "sandbox", "disable-sandbox": "sandbox", "dangerously-disable-sandbox": "sandbox", "unsafe": "permissions", "danger-full-access": "sandbox", "no-approval": "permissions", "accept-all": "permissions", "full-access": "sandbox", "a-full-auto": "permissions", "always-approve": "permissions", "allow-all": "permissions",
}

const aiValued = "p print model m permission-mode settings mcp-config allowedTools allowed-tools disallowedTools append-system-prompt system-prompt output-format input-format resume r session-id add-dir agents agent setting-sources plugin-dir permission-prompt-tool a ask-for-approval s sandbox c config C cd approval-mode message f file read i image profile e exec max-turns fallback-model debug-file"

// aiAgent starts another agent, which acts by itself; its options may switch its own guard off.
func aiAgent(c Call) Outcome {
	l := loosely(c.Args[1:], aiValued)
	var out Outcome
	for o := range l.opts {
		if what, ok := unguardedOptions[o]; ok && l.on(o) || ok && o == "bare" {
			out.Effects = append(out.Effects, made(c, effect.Bypass, what, "agent"))
		}
	}
	out.Effects = append(out.Effects, bypassValues(c, l)...)
	switch sub := l.word(0); {
	case sub == "mcp":
		return agentMCP(out, c, l)
	case listed("plugin plugins hooks extensions extension marketplace", sub):
		if listed("list ls help show validate", l.word(1)) || len(l.words) == 1 {
			return plainExec(out, c)
		}
		out.Effects = append(out.Effects, made(c, effect.AgentWiring, c.Name()+" "+l.phrase(2)))
		return out
	case sub == "config" || sub == "settings":
		if listed("get list ls show", l.word(1)) || len(l.words) == 1 {
			return plainExec(out, c)
		}
		out.Effects = append(out.Effects, made(c, effect.AgentWiring, c.Name()+" config"))
		return out
	case listed("doctor update upgrade install login logout auth version help completion models status stats migrate-installer setup-token whoami usage", sub) && len(l.words) < 4, l.has("version", "v", "V", "help", "h") && len(l.words) == 0:
		return plainExec(out, c)
	}
	out.Effects = append(out.Effects, made(c, effect.AgentSpawn, c.Name(), "unguarded"))
	return out
}

// agentFramework starts agents by its run command; the others prepare them.
func agentFramework(c Call) Outcome {
	l := loosely(c.Args[1:], "c config p port")
	if listed("run start kickoff up dev", l.word(0)) || c.Name() == "metagpt" && len(l.words) > 0 {
		return one(made(c, effect.AgentSpawn, c.Name(), "unguarded"))
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+l.word(0))))
}

// bypassValues are options whose value says the same: --permission-mode bypassPermissions, -a never.
func bypassValues(c Call, l line) []effect.Effect {
	var out []effect.Effect
	for _, v := range l.values("permission-mode", "approval-mode", "a", "ask-for-approval", "approval-policy") {
		switch strings.ToLower(v.Text) {
		case "bypasspermissions", "yolo", "never", "dontask", "full-auto", "auto_edit", "auto-approve":
			out = append(out, made(c, effect.Bypass, "permissions", "agent"))
		}
	}
	for _, v := range l.values("s", "sandbox", "c", "config") {
		low := strings.ToLower(v.Text)
		if low == "danger-full-access" || strings.Contains(low, "approval_policy=never") || strings.Contains(low, `approval_policy="never"`) || strings.Contains(low, "danger-full-access") {
			out = append(out, made(c, effect.Bypass, "sandbox", "agent"))
		}
	}
	for _, v := range l.values("settings") {
		if strings.Contains(v.Text, "disableAllHooks") || strings.Contains(v.Text, "bypassPermissions") || strings.Contains(v.Text, "hooks") {
			out = append(out, made(c, effect.Bypass, "hooks", "agent"))
		}
	}
	if v := l.values("setting-sources"); len(v) > 0 && v[0].Text == "" {
		out = append(out, made(c, effect.Bypass, "hooks", "agent"))
	}
	for _, v := range l.values("allowedTools", "allowed-tools") {
		if strings.Contains(v.Text, "Bash(*)") || v.Text == "*" || strings.Contains(v.Text, "Bash(:*)") {
			out = append(out, made(c, effect.Bypass, "permissions", "agent"))
		}
	}
	return out
}

// agentMCP changes which servers an agent speaks to; what a server runs is nested for the reader.
func agentMCP(out Outcome, c Call, l line) Outcome {
	switch l.word(1) {
	case "add", "add-json", "add-from-claude-desktop", "remove", "reset-project-choices", "install", "enable":
		e := made(c, effect.AgentWiring, c.Name()+" mcp "+l.word(1))
		e.Host = urlHost(c.Args)
		out.Effects = append(out.Effects, e)
		return out
	case "serve":
		out.Effects = append(out.Effects, made(c, effect.NetListen, c.Name()+" mcp serve"))
		return out
	}
	return plainExec(out, c)
}

// ollama pulls, runs and serves models.
func ollama(c Call) Outcome {
	l := loosely(c.Args[1:], "host port f file")
	public := publicAddress(l.value("host", "bind"))
	for _, a := range c.Assign {
		if a.Name == "OLLAMA_HOST" && publicAddress(strings.TrimPrefix(a.Value.Text, "http://")) {
			public = true
		}
	}
	switch op := l.word(0); {
	case op == "serve" || op == "server" || op == "start":
		return one(made(c, effect.NetListen, c.Name(), append(flagIf(public, "public"), "model")...))
	case op == "rm" || op == "delete":
		return one(made(c, effect.PkgRemove, c.Name()+":"+l.word(1), "model"))
	case op == "push":
		e := made(c, effect.PkgPublish, c.Name()+":"+l.word(1), "model")
		return one(e)
	case op == "pull" || op == "get" || op == "run" || op == "create":
		out := one(made(c, effect.PkgInstall, c.Name()+" "+op+":"+l.word(1), modelFlags(l.word(1), op)...))
		if op == "run" {
			out.Effects[0] = made(c, effect.Exec, "ollama run", "model")
		}
		return out
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+l.word(0))))
}

// modelFlags: a model named by host or user comes from elsewhere; names that say the model refuses nothing
// are marked.
func modelFlags(name, op string) []string {
	flags := []string{"model"}
	if strings.Contains(name, "/") {
		flags = append(flags, "source")
	}
	for _, s := range []string{"uncensored", "abliterated", "jailbreak", "unfiltered"} {
		if strings.Contains(name, s) {
			flags = append(flags, "unsafe")
			break
		}
	}
	return flags
}

// modelServer listens; which address decides who reaches it.
func modelServer(c Call) Outcome {
	l := loosely(c.Args[1:], "host port model m H bind api-key config")
	host := l.value("host", "H", "bind")
	if l.word(0) == "--version" || l.help() || c.Name() == "llama-cli" {
		return one(made(c, effect.Exec, c.Name()))
	}
	out := one(made(c, effect.NetListen, c.Name(), append(flagIf(publicAddress(host) || l.on("share", "listen"), "public"), "model")...))
	if l.on("trust-remote-code") {
		out.Effects = append(out.Effects, made(c, effect.ExecDownload, "trust-remote-code"))
	}
	return out
}

func ray(c Call) Outcome {
	l := loosely(c.Args[1:], "address head-node-ip dashboard-host working-dir runtime-env")
	switch {
	case l.phrase(2) == "job submit" && l.rest != nil:
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: l.rest, Remote: true, Via: "ray job submit"}}}
	case l.word(0) == "start" && publicAddress(l.value("dashboard-host")):
		return one(made(c, effect.NetListen, "ray", "public"))
	case l.word(0) == "down" || l.phrase(2) == "job delete":
		return one(made(c, effect.CloudDestroy, "ray:"+l.phrase(2)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("ray "+l.word(0))))
}

// huggingface downloads and uploads models and data sets.
func huggingface(c Call) Outcome {
	l := loosely(c.Args[1:], "local-dir revision repo-type token include exclude cache-dir commit-message")
	switch op := l.word(0); op {
	case "upload", "upload-large-folder":
		out := one(made(c, effect.CloudWrite, c.Name()+":upload", "create"))
		if len(l.words) > 2 {
			return upload(out, c, l.words[2:3], l.words[1])
		}
		return upload(out, c, words("."), lastWord(l.from(1)))
	case "download":
		return one(made(c, effect.PkgInstall, c.Name()+":"+l.word(1), "model", "source"))
	case "repo", "repos", "repo-files", "tag", "delete-cache", "lfs-enable-largefiles":
		return service{}.judge(c, l)
	case "auth":
		if l.word(1) == "token" {
			return one(made(c, effect.SecretRead, c.Name()))
		}
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+l.word(0))))
}

// llmTool sends its words and input to a model.
func llmTool(c Call) Outcome {
	l := loosely(c.Args[1:], "m model s system t template")
	if l.word(0) == "keys" && l.word(1) == "get" {
		return one(made(c, effect.SecretRead, c.Name()))
	}
	if l.help() || listed("models templates plugins logs keys list version", l.word(0)) {
		return one(made(c, effect.Exec, c.Name()))
	}
	out := one(made(c, effect.NetConnect, c.Name(), "model"))
	if c.Stdin != nil && c.Stdin.From == "secret" {
		out.Effects = append(out.Effects, made(c, effect.NetUpload, c.Name(), "secret", "model"))
	}
	out.Emits = "network"
	return out
}

// mcpTool bridges servers; what stands behind its options is another program.
func mcpTool(c Call) Outcome {
	l := loosely(c.Args[1:], "port host config stdio")
	out := one(made(c, effect.NetConnect, c.Name()))
	if publicAddress(l.value("host")) {
		out = one(made(c, effect.NetListen, c.Name(), "public"))
	}
	for _, v := range l.values("stdio") {
		if v.Text != "" {
			out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: v, Via: c.Name()})
		}
	}
	return out
}
