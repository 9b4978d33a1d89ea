//go:build !linux

package unixsock

import (
	"errors"
	"fmt"
	"net"
)

func reachLong(path string) (string, func(), error) {
	return "", nil, fmt.Errorf("socket path %s is longer than %d bytes: choose a shorter home folder", path, maxPath)
}

// sameUser is left to the folder's owner and mode here.
func sameUser(int) error { return nil }

// Peer is who holds the other end of a connection.
type Peer struct{ UID, GID, PID int }

// PeerOf is not available on this system, so a server there must refuse.
func PeerOf(*net.UnixConn) (Peer, error) {
	return Peer{}, errors.New("peer credentials are read on Linux only")
}

// Alive is false: nothing is known.
func (Peer) Alive() bool { return false }

// Close does nothing.
func (Peer) Close() {}
