//! What crosses a boundary: IPC requests, answers and events. The front end's types are generated from it.
