package sandbox

import "runtime"

// forker is the one thread that starts commands. What it has given up, all that it starts has given up.
type forker struct{ jobs chan job }

type job struct {
	do   func() error
	done chan error
}

func newForker() forker {
	f := forker{make(chan job)}
	go func() {
		runtime.LockOSThread() // for as long as the process lives
		for j := range f.jobs {
			j.done <- j.do()
		}
	}()
	return f
}

// run runs do on that thread and waits for it.
func (f forker) run(do func() error) error {
	j := job{do, make(chan error, 1)}
	f.jobs <- j
	return <-j.done
}
