package catalog

// verbless are programs whose plain words are operands or other programs, not subcommands: for them only a
// first word --help counts as asking for help.
var verbless = map[string]bool{}
