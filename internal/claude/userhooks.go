package claude

// UserHook is a hook of the user's own settings, carried along where only managed hooks run.
type UserHook struct {
	event string
	group group
}
