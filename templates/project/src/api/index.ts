// The kinds of this operator. "kubewright create api" adds a line for each.
// kubewright:exports
export {};
