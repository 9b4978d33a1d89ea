package snapshot

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// bigFile is the size from which content is not held in memory.
const bigFile = 8 << 20

// readWhole gives the content of a small file, or the target of a link. A file that changes while it is read
// is read again, three times at most: half of one state and half of another was never anybody's work.
func readWhole(e Entry) ([]byte, error) {
	if e.Kind == KindSymlink {
		target, err := os.Readlink(e.at)
		return []byte(target), err
	}
	for range 3 {
		data, steady, err := readOnce(e.at)
		if err != nil || steady {
			return data, err
		}
	}
	return nil, fmt.Errorf("%s changes while it is read", e.at)
}

func readOnce(path string) (data []byte, steady bool, err error) {
	f, before, err := openRegular(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	data, err = io.ReadAll(io.LimitReader(f, bigFile+1))
	if err != nil {
		return nil, false, err
	}
	after, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	return data, same(before, after) && after.Size() == int64(len(data)), nil
}

// openRegular opens without following a link and without waiting on a pipe put in the file's place.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%s is no longer a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, fi, nil
}

func same(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// newHash starts a git object id of the given type and length.
func newHash(kind string, size int64, isSHA256 bool) hash.Hash {
	h := sha1.New()
	if isSHA256 {
		h = sha256.New()
	}
	fmt.Fprintf(h, "%s %d\x00", kind, size)
	return h
}

func blobOID(data []byte, isSHA256 bool) string {
	h := newHash("blob", int64(len(data)), isSHA256)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// hashFile is the blob id of a file's or link's present bytes.
func hashFile(path string, fi fs.FileInfo, isSHA256 bool) (string, error) {
	if fi.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return blobOID([]byte(target), isSHA256), err
	}
	f, now, err := openRegular(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := newHash("blob", now.Size(), isSHA256)
	n, err := io.Copy(h, f)
	if err == nil && n != now.Size() {
		err = errors.New("size changed")
	}
	return hex.EncodeToString(h.Sum(nil)), err
}

// notDir tells the error of a path whose parent is a file: the path does not exist.
func notDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
