package catalog

// controlDomains are the tables of control planes, databases, containers, packages, build tools, interpreters
// and agents, for domains in look.go.
var controlDomains = []map[string]program{
	cloudPrograms, saasPrograms, k8sPrograms, iacPrograms, containerPrograms, dbPrograms, sqlWords, migratePrograms,
	queuePrograms, packagePrograms, systemPackages, buildPrograms, interpreters, aiPrograms,
}
