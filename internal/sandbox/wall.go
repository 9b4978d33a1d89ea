package sandbox

// Walls are what a sandbox is built of, in the order they are built.
const (
	WallNamespaces   = "namespaces"
	WallMounts       = "mounts"
	WallNetwork      = "network"
	WallLimits       = "limits"
	WallCapabilities = "capabilities"
	WallLandlock     = "landlock"
	WallSeccomp      = "seccomp"
)

// WallError tells which wall of a sandbox could not be built on this host.
type WallError struct {
	Wall string
	Err  error
}

func (e *WallError) Error() string { return e.Err.Error() }
func (e *WallError) Unwrap() error { return e.Err }

// wall marks an error with the wall it belongs to; an inner mark stays.
func wall(name string, err error) error {
	if err == nil {
		return nil
	}
	if _, marked := err.(*WallError); marked {
		return err
	}
	return &WallError{name, err}
}
