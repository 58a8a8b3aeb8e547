module firedrill.dev/toolchain/pause

go 1.21
