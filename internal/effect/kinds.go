package effect

// kinds lists every kind once, in the order of their declaration.
var kinds = []Kind{
	FSRead, FSList, FSWrite, FSDelete, FSChmod, FSLink,
	Exec, ExecInline, ExecDownload, ExecTampered,
	NetConnect, NetUpload, NetListen, NetTunnel, NetScan,
	GitDiscard, GitHistory, GitCommit, GitPush, GitConfig, GitRemote, GitHook, GitBypass,
	ProcKill, ProcTrace,
	SysPower, SysService, SysKernel, SysUser, SysNet, SysDisk, SysConfig, SysExhaust,
	Privilege, Persist, Evade, Bypass, Recon,
	PkgInstall, PkgRemove, PkgPublish, PkgSource,
	ContainerRun, ContainerDelete, ContainerOther,
	DBRead, DBWrite, DBDestroy, DBAdmin,
	CloudRead, CloudWrite, CloudDestroy, CloudPerm, CloudControl, CloudSecret,
	IaCPlan, IaCApply, IaCDestroy, IaCState,
	K8sRead, K8sWrite, K8sDelete, K8sExec, K8sSecret,
	SecretRead, SecretKey,
	AgentSpawn, AgentMessage, AgentControl, AgentWiring, WritControl,
	MCPCall,
	Unresolved,
}

// Kinds lists every kind, for validation and documentation.
func Kinds() []Kind { return append([]Kind(nil), kinds...) }
