//! Against the real service.

use crate::{front_door::PASSWORD, support::Cloud};
use gameforge_client::{
    Address, Client, Error,
    account::Entered,
    live::{self, News},
    team::Place,
    tokens::{Memory, TokenStore},
};
use gameforge_cloud::{identity::follow, live::Running};
use gameforge_domain::{CommentId, Email, Name};
use gameforge_wire::cloud::{
    CommentRequest, ConsentAnswer, InvitationRequest, LiveFrame, MailProof, ObjectKind, ObjectRef,
    ProblemCode, ProjectRequest, Register, SignIn, StepUp, WorkspaceRequest,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    time::timeout,
};
use uuid::Uuid;

/// Far more than anything takes: only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The service on a port of this machine, until the test ends.
struct Served {
    address: Address,
    _running: Running,
}

async fn serve(cloud: &Cloud) -> Served {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let router = cloud
        .router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, router).await });
    tokio::spawn(follow::follow(cloud.app.clone()));
    Served {
        address: Address::parse(&format!("http://127.0.0.1:{port}")).expect("an address"),
        _running: Running::start(cloud.app.clone()),
    }
}

async fn nobody(served: &Served, store: Arc<Memory>) -> Client {
    Client::open(served.address.clone(), store)
        .await
        .expect("a client")
}

fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.org")).expect("an address")
}

fn credentials(name: &str) -> SignIn {
    SignIn {
        email: email(name),
        password: PASSWORD.to_owned(),
        device_name: Name::parse("desk").expect("a name"),
        platform: "Linux".to_owned(),
    }
}

/// Somebody who registered, followed the mail, and signed in.
async fn person(cloud: &Cloud, served: &Served, name: &str) -> (Client, Arc<Memory>) {
    let store = Arc::new(Memory::default());
    let client = nobody(served, store.clone()).await;
    let texts = client.consent_texts("en").await.expect("texts");
    let given = |text: &gameforge_wire::cloud::ConsentText| ConsentAnswer {
        purpose: text.purpose.clone(),
        version: text.version,
        given: true,
    };
    let body = Register {
        email: email(name),
        password: PASSWORD.to_owned(),
        display_name: Name::parse(name).expect("a name"),
        locale: Some("en".to_owned()),
        consents: texts.iter().map(given).collect(),
    };
    client.register(&body).await.expect("registered");
    let token = cloud.secret(email(name).as_str(), "verify").await;
    client.verify(&MailProof { token }).await.expect("verified");
    let entered = client.sign_in(&credentials(name)).await.expect("signed in");
    assert!(matches!(entered, Entered::Done(account) if account.display_name.as_str() == name));
    (client, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_table_reads_as_the_rules_say() {
    let cloud = Cloud::start().await;
    let served = serve(&cloud).await;
    let client = nobody(&served, Arc::default()).await;
    let tables = client.permissions().await.expect("the tables");
    let row = tables
        .project
        .iter()
        .find(|row| row.permission == "edit")
        .expect("a row");
    assert_eq!(row.least_role, "editor");
    assert!(
        matches!(client.account().await, Err(Error::SignedOut)),
        "nobody is told without a request"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_signs_in_comes_back_and_is_signed_out_from_another() {
    let cloud = Cloud::start().await;
    let served = serve(&cloud).await;
    let (desk, store) = person(&cloud, &served, "ada").await;
    let kept = store.load().expect("memory").expect("a secret");
    // A restart: what the store keeps is all there is.
    let again = nobody(&served, store.clone()).await;
    assert_eq!(
        again.account().await.expect("the account").email,
        email("ada")
    );
    assert_eq!(
        kept.account,
        again.signed_in().borrow().expect("signed in").account
    );
    let phone = nobody(&served, Arc::default()).await;
    phone.sign_in(&credentials("ada")).await.expect("signed in");
    let devices = phone.sessions().await.expect("devices");
    assert_eq!(devices.len(), 2);
    let other = devices
        .iter()
        .find(|device| !device.current)
        .expect("the desk");
    phone.end_session(other.id).await.expect("signed out");
    assert!(matches!(again.account().await, Err(Error::SignedOut)));
    assert!(
        store.load().expect("memory").is_none(),
        "its secret is forgotten"
    );
    drop(desk);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_keeps_its_code_and_a_fresh_proof_is_taken() {
    let cloud = Cloud::start().await;
    let served = serve(&cloud).await;
    let (client, _) = person(&cloud, &served, "ada").await;
    let mut wrong = credentials("ada");
    wrong.password = "not these words".to_owned();
    let refused = nobody(&served, Arc::default())
        .await
        .sign_in(&wrong)
        .await
        .err();
    assert_eq!(
        refused.and_then(|error| error.code()),
        Some(ProblemCode::WrongCredentials)
    );
    cloud.clock.advance(chrono::TimeDelta::minutes(14));
    let stale = client.ask_erasure().await.err();
    assert_eq!(
        stale.and_then(|error| error.code()),
        Some(ProblemCode::StepUpRequired)
    );
    let proof = StepUp {
        code: None,
        password: Some(PASSWORD.to_owned()),
    };
    client.step_up(&proof).await.expect("proved");
    let state = client.ask_erasure().await.expect("it will go");
    assert!(state.erase_after.is_some());
    assert!(
        client
            .keep_account()
            .await
            .expect("it stays")
            .erase_after
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_work_in_a_project_and_one_hears_the_other_live() {
    let cloud = Cloud::start().await;
    let served = serve(&cloud).await;
    let (ada, _) = person(&cloud, &served, "ada").await;
    let (grace, _) = person(&cloud, &served, "grace").await;
    let name = |text: &str| Name::parse(text).expect("a name");
    let workspace = ada
        .create_workspace(&WorkspaceRequest {
            name: name("Emberworks"),
        })
        .await
        .expect("a workspace");
    let request = ProjectRequest {
        name: name("Emberfall"),
        description: String::new(),
        visibility: None,
        tags: Vec::new(),
    };
    let project = ada
        .create_project(workspace.id, &request)
        .await
        .expect("a project");
    let place = Place::Project(project.id);
    let invitation = InvitationRequest {
        email: email("grace"),
        role: "editor".to_owned(),
        message: "Come in".to_owned(),
    };
    ada.invite(place, &invitation).await.expect("invited");
    let offers = grace.offers().await.expect("offers");
    assert_eq!(offers[0].project.as_deref(), Some("Emberfall"));
    grace
        .answer_offer(offers[0].id, true)
        .await
        .expect("accepted");
    assert_eq!(ada.members(place).await.expect("members").len(), 2);
    assert_eq!(
        grace.projects(workspace.id).await.expect("projects").len(),
        1
    );

    let (tell, mut hear) = mpsc::channel(64);
    let (_look, looked_at) = watch::channel(None);
    tokio::spawn(live::follow(grace.clone(), looked_at, tell));
    assert_eq!(
        timeout(PATIENCE, hear.recv()).await.expect("in time"),
        Some(News::Up)
    );
    let object = ObjectRef {
        kind: ObjectKind::Asset,
        id: Uuid::now_v7().to_string(),
        name: "goblin.png".to_owned(),
    };
    let comment = CommentRequest {
        id: CommentId::from_uuid(Uuid::now_v7()),
        object: object.clone(),
        thread_id: None,
        body: format!(
            "@[grace]({}) darker?",
            grace.signed_in().borrow().expect("grace").account
        ),
    };
    ada.comment(project.id, &comment).await.expect("said");
    ada.comment(project.id, &comment)
        .await
        .expect("said once, though sent twice");
    let heard = timeout(PATIENCE, async {
        while let Some(news) = hear.recv().await {
            if matches!(&news, News::Frame(LiveFrame::Poke { scope_id, .. }) if *scope_id == project.id.to_string())
            {
                return true;
            }
        }
        false
    });
    assert!(
        heard.await.expect("in time"),
        "the other is told that the project has something new"
    );
    let comments = grace.comments(project.id, &object).await.expect("comments");
    assert_eq!(comments.len(), 1);
    let people = ada.people(project.id, "gr").await.expect("people");
    assert_eq!(people.len(), 1);
    assert!(!ada.activity(place).await.expect("activity").is_empty());
    assert!(
        grace.unread().await.expect("unread").notifications > 0,
        "a mention is told"
    );
    grace.read_all(None).await.expect("read");
    assert_eq!(grace.unread().await.expect("unread").notifications, 0);
    let foreign = grace.members(Place::Workspace(workspace.id)).await.err();
    assert!(
        foreign.and_then(|error| error.code()).is_some(),
        "a guest of a project does not manage the workspace"
    );
    grace.sign_out().await.expect("signed out");
    let over = timeout(PATIENCE, async {
        while let Some(News::Frame(_) | News::Up | News::Down) = hear.recv().await {}
    });
    over.await.expect("the connection ends with the sign-out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_into_a_bin_comes_out_again_and_a_member_leaves_by_themselves() {
    let cloud = Cloud::start().await;
    let served = serve(&cloud).await;
    let (ada, _) = person(&cloud, &served, "ada").await;
    let (grace, _) = person(&cloud, &served, "grace").await;
    let name = |text: &str| Name::parse(text).expect("a name");
    let request = WorkspaceRequest {
        name: name("Emberworks"),
    };
    let workspace = ada.create_workspace(&request).await.expect("made").id;
    let at = Place::Workspace(workspace);
    let request = ProjectRequest {
        name: name("Emberfall"),
        description: String::new(),
        visibility: None,
        tags: Vec::new(),
    };
    let project = ada
        .create_project(workspace, &request)
        .await
        .expect("made")
        .id;
    let inside = Place::Project(project);

    let object = ObjectRef {
        kind: ObjectKind::Asset,
        id: Uuid::now_v7().to_string(),
        name: "goblin.png".to_owned(),
    };
    let comment = CommentRequest {
        id: CommentId::from_uuid(Uuid::now_v7()),
        object: object.clone(),
        thread_id: None,
        body: "Darker?".to_owned(),
    };
    ada.comment(project, &comment).await.expect("said");
    ada.remove_comment(comment.id).await.expect("removed");
    let bin = ada.bin(Some(inside)).await.expect("the project's bin");
    assert_eq!((bin.len(), bin[0].name.as_str()), (1, "Darker?"));
    let restored = ada.restore_comment(comment.id).await.expect("restored");
    assert_eq!(restored.body, "Darker?");
    let verbs: Vec<_> = ada
        .activity_of(project, &object)
        .await
        .expect("the object's activity")
        .into_iter()
        .map(|it| it.verb)
        .collect();
    assert_eq!(
        verbs,
        ["comment.restored", "comment.removed", "comment.written"]
    );

    ada.remove(inside).await.expect("removed");
    assert!(ada.project(project).await.is_err());
    let bin = ada.bin(Some(at)).await.expect("the workspace's bin");
    assert_eq!(bin[0].id, project.to_string());
    ada.restore(inside).await.expect("restored");
    assert_eq!(
        ada.project(project).await.expect("back").name,
        name("Emberfall")
    );

    let invitation = InvitationRequest {
        email: email("grace"),
        role: "member".to_owned(),
        message: String::new(),
    };
    let sent = ada.invite(at, &invitation).await.expect("invited");
    ada.resend(sent.id).await.expect("sent again");
    let offers = grace.offers().await.expect("offers");
    assert_eq!(offers.len(), 1, "sent twice, it is one invitation");
    grace.answer_offer(offers[0].id, true).await.expect("in");
    let quotas = ada.quotas(workspace).await.expect("quotas");
    let members = quotas.iter().find(|it| it.resource == "members");
    assert!(
        members.is_some_and(|it| it.used >= 2.0 && it.most.is_some_and(|most| most >= it.used)),
        "{quotas:?}"
    );
    grace.leave(at).await.expect("a plain member may go");
    assert!(grace.workspace(workspace).await.is_err());

    ada.remove(at).await.expect("removed");
    let bin = ada.bin(None).await.expect("the own bin");
    assert_eq!(bin[0].id, workspace.to_string());
    ada.restore(at).await.expect("restored");
    let back = ada.workspace(workspace).await.expect("back");
    assert_eq!(back.projects, 1, "with what was in it");
}
