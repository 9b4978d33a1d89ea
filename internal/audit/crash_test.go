//go:build unix

package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary play the process that crashes.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("AUDIT_TEST_DIR"); os.Getenv("AUDIT_TEST_ROLE") {
	case "appender":
		os.Exit(appendForever(at(dir)))
	case "full":
		os.Exit(appendUntilFull(at(dir)))
	default:
		os.Exit(m.Run())
	}
}

// appendForever appends with many callers and prints each acknowledged number, in one write each.
func appendForever(a at) int {
	l, err := Open(a.log(), a.keys(), Options{SegmentBytes: 100_000, CheckpointEvery: 5 * time.Millisecond})
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				text := fmt.Sprintf("caller-%d-call-%d", c, i)
				seq, err := l.Append(context.Background(), Record{Kind: KindDecision, Summary: text})
				if err != nil {
					return
				}
				fmt.Fprintf(os.Stdout, "%d %s\n", seq, text)
			}
		})
	}
	wg.Wait()
	return 1
}

func child(role string, a at) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AUDIT_TEST_ROLE="+role, "AUDIT_TEST_DIR="+string(a))
	return cmd
}

// Whenever the writer is killed, every record that it acknowledged is in a log that verifies.
func TestKilledWriterLosesNothing(t *testing.T) {
	a := at(t.TempDir())
	acknowledged := map[uint64]string{}
	for range 24 {
		killOnce(t, a, acknowledged)
	}
	a.open(t, Options{}).Close() // recovers once more
	if r := a.verify(t, nil); !r.OK {
		t.Fatalf("verify: %+v", r.Problem)
	}
	t.Logf("%d acknowledged records over 24 kills", len(acknowledged))
	if len(acknowledged) < 100 {
		t.Errorf("only %d records were acknowledged: the test proves too little", len(acknowledged))
	}
	for _, r := range a.records(t, Filter{Kinds: []Kind{KindDecision}}) {
		if want, ok := acknowledged[r.Seq]; ok && want != r.Summary {
			t.Errorf("record %d is %q, acknowledged was %q", r.Seq, r.Summary, want)
		}
		delete(acknowledged, r.Seq)
	}
	if len(acknowledged) > 0 {
		t.Errorf("%d acknowledged records are lost", len(acknowledged))
	}
}

func killOnce(t *testing.T, a at, acknowledged map[uint64]string) {
	t.Helper()
	cmd := child("appender", a)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	timer := time.Duration(0)
	for lines.Scan() {
		number, text, _ := strings.Cut(lines.Text(), " ")
		seq, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatalf("the child says %q", lines.Text())
		}
		acknowledged[seq] = text
		if timer == 0 { // under load since now
			timer = time.Duration(1+rand.IntN(40)) * time.Millisecond
			time.AfterFunc(timer, func() { cmd.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended with %v, want it killed", err)
	}
}

// appendUntilFull appends on a disk that is full after 20 kB (a file size limit, which fails the same way).
func appendUntilFull(a at) int {
	limit := syscall.Rlimit{Cur: 20_000, Max: 20_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println("setrlimit:", err)
		return 1
	}
	l, err := Open(a.log(), a.keys(), Options{})
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	ok := 0
	for {
		if _, err = l.Append(context.Background(), typical()); err != nil {
			break
		}
		ok++
	}
	_, again := l.Append(context.Background(), Record{Kind: KindDaemon}) // small enough to fit, and refused
	if !errors.Is(err, ErrFailed) || !errors.Is(again, ErrFailed) {
		fmt.Println("append:", err, again)
		return 1
	}
	fmt.Println("full after", ok)
	return 0
}

// A full disk ends the log at once; what was acknowledged before is whole, and the next start recovers.
func TestFullDisk(t *testing.T) {
	a := at(t.TempDir())
	out, err := child("full", a).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var ok int
	if _, err := fmt.Sscanf(string(out), "full after %d", &ok); err != nil || ok == 0 {
		t.Fatalf("the child says %q", out)
	}
	a.open(t, Options{}).Close()
	if r := a.verify(t, nil); !r.OK {
		t.Errorf("verify: %+v", r)
	}
	if got := len(a.records(t, Filter{Kinds: []Kind{KindDecision}})); got != ok {
		t.Errorf("%d decisions in the log, %d were acknowledged", got, ok)
	}
	if got := a.records(t, Filter{Kinds: []Kind{KindLog}}); len(got) != 1 {
		t.Errorf("recovery records: %+v, want one", got)
	}
}
